import { rename } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { daily } from '../../src/config/define.ts'
import { partitionId, ROWS, TRIGGER } from '../../src/names.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { temporal } from '../harness/temporal-command.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { backfill, ended, onlyTick, RARELY, trigger } from './ticks.ts'

const PARTITIONS = daily({ start: '2018-01-22' })

test.concurrent('a file that comes after its tick is told late once, and loaded when it is there', async () => {
  await using workspace = await Workspace.create({
    partitions: PARTITIONS,
    schedule: { cron: RARELY, lateAfter: '1s', missingAfter: '60s' },
  })
  await using running = await Running.start(workspace)
  await running.apply()
  await trigger(running)
  const { workflowId } = await onlyTick(running)
  const handle = running.client.workflow.getHandle(workflowId)
  await until('it to be late', () => running.said.told.length > 0)
  const late = `TidemarkPipeline = '${running.pipeline}' AND TidemarkStatus = 'late' AND TidemarkTrigger = 'schedule'`
  await until('it in the list', async () => (await temporal('workflow', 'list', '--query', late)).includes(workflowId))
  const { partition = '' } = await onlyTick(running)
  await workspace.drop(`${partition}.csv`, prices(1, 2))

  expect(await handle.result()).toEqual({ partition, state: 'loaded', rows: 2 })
  expect(running.said.told).toMatchObject([
    { what: 'late', partition, reason: expect.stringContaining('no file yet') },
    { what: 'recovered', partition },
  ])
  expect(await ended(running, 1)).toMatchObject([{ partition, status: 'loaded', rows: 2 }])
  const imported = await running.client.workflow.getHandle(partitionId(running.pipeline, partition)).describe()
  expect(imported.typedSearchAttributes.get(TRIGGER)).toBe('schedule')
  expect(imported.typedSearchAttributes.get(ROWS)).toBe(2)
})

test.concurrent('a file that does not come is told late, then missing, each once and on time', async () => {
  await using workspace = await Workspace.create({
    partitions: PARTITIONS,
    schedule: { cron: RARELY, lateAfter: '1s', missingAfter: '4s' },
  })
  await using running = await Running.start(workspace)
  await running.apply()
  await trigger(running)
  const [{ workflowId, partition, status } = await onlyTick(running)] = await ended(running, 1)
  const handle = running.client.workflow.getHandle(workflowId)
  await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'PartitionMissing' } })
  expect(status).toBe('missing')
  expect(running.said.told).toMatchObject([
    { what: 'late', partition },
    { what: 'missing', partition, reason: expect.stringContaining('no file') },
  ])
  // Pauses double, but none goes beyond the next moment that counts: 1 s, 2 s, and not 4 s but what is left.
  const { events } = await handle.fetchHistory()
  const timer = events?.findLast(({ timerStartedEventAttributes: started }) => started)
  const fires = millis(timer?.eventTime) + millis(timer?.timerStartedEventAttributes?.startToFireTimeout)
  expect(fires - (tickOf(workflowId) + 4_000)).toBeLessThan(2_000)
})

test.concurrent('days long past end at once: missing, held or loaded, each found by its status', async () => {
  await using workspace = await Workspace.create({ partitions: PARTITIONS, schedule: { cron: '0 6 * * *' } })
  await workspace.drop('2018-01-23.csv', prices(1, 0))
  await workspace.drop('2018-01-24.csv', prices(1))
  await using running = await Running.start(workspace)
  await running.apply()
  await backfill(running, '2018-01-23', '2018-01-25')
  const [missing, held, loaded] = await ended(running, 3)
  expect([missing, held, loaded]).toMatchObject([
    { partition: '2018-01-22', status: 'missing', rows: 0 },
    { partition: '2018-01-23', status: 'held', rows: 0 },
    { partition: '2018-01-24', status: 'loaded', rows: 1 },
  ])
  for (const [tick, type] of [
    [missing, 'PartitionMissing'],
    [held, 'FileHeld'],
  ] as const) {
    const result = running.client.workflow.getHandle(tick?.workflowId ?? '').result()
    await expect(result).rejects.toMatchObject({ cause: { type, nonRetryable: true } })
  }
  expect(running.said.told.map(({ what, partition }) => `${what} ${partition}`).sort()).toEqual([
    'held 2018-01-23',
    'missing 2018-01-22',
  ])
  for (const tick of [missing, held, loaded]) {
    const query = `TidemarkPipeline = '${running.pipeline}' AND TidemarkPartition = '${tick?.partition}'`
    const found = await temporal('workflow', 'list', '--query', `${query} AND TidemarkStatus = '${tick?.status}'`)
    expect(found).toContain(tick?.workflowId)
  }
})

test.concurrent('a folder that cannot be read is told as the reason why a file is late, and the file is loaded when it can', async () => {
  await using workspace = await Workspace.create({
    partitions: PARTITIONS,
    schedule: { cron: RARELY, lateAfter: '1s', missingAfter: '60s' },
  })
  await using running = await Running.start(workspace)
  await running.apply()
  const source = workspace.path('.')
  await rename(source, `${source}-gone`)
  await trigger(running)
  const [late] = await until('news', () => running.said.told.length > 0 && running.said.told)
  expect(late).toMatchObject({ what: 'late', reason: expect.stringContaining('source') })
  await rename(`${source}-gone`, source)
  await workspace.drop(`${late?.partition}.csv`, prices(1))
  expect(await ended(running, 1)).toMatchObject([{ status: 'loaded' }])
  expect(running.said.told.map(({ what }) => what)).toEqual(['late', 'recovered'])
})

/** The scheduled time is the end of the id. */
function tickOf(workflowId: string): number {
  return Date.parse(workflowId.slice(workflowId.indexOf('scheduled-') + 'scheduled-'.length))
}

function millis(stamp: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined): number {
  return Number(stamp?.seconds ?? 0) * 1_000 + (stamp?.nanos ?? 0) / 1e6
}
