import { expect, test } from '@jest/globals'
import { daily } from '../../src/config/define.ts'
import { OwnServer } from '../harness/own-server.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { ended, onlyTick, RARELY, trigger } from '../scheduled/ticks.ts'

test.concurrent('a tick that waits goes on where it was when another worker takes its place', async () => {
  await using workspace = await Workspace.create({
    partitions: daily({ start: '2018-01-22' }),
    schedule: { cron: RARELY, lateAfter: '1s', missingAfter: '60s' },
  })
  await using first = await Running.start(workspace)
  await first.apply()
  await trigger(first)
  const [late] = await until('news', () => first.said.told.length > 0 && first.said.told)
  await first.worker[Symbol.asyncDispose]()
  await workspace.drop(`${late?.partition}.csv`, prices(1))

  await using second = await Running.start(workspace)
  expect(await ended(second, 1)).toMatchObject([{ partition: late?.partition, status: 'loaded', rows: 1 }])
  expect(second.said.told).toMatchObject([{ what: 'recovered' }])
  expect(first.said.told).toMatchObject([{ what: 'late' }])
})

test.concurrent('a tick that waits for long continues as new: late is told once, the batch is asked for once, its day stays its day', async () => {
  await using server = await OwnServer.start({ 'limit.historyCount.suggestContinueAsNew': 30 })
  await using workspace = await Workspace.create({
    partitions: daily({ start: '2018-01-22' }),
    schedule: { cron: RARELY, lateAfter: '1s', missingAfter: '60s' },
  })
  await using running = await Running.start(workspace, { server })
  await running.apply()
  await running.client.schedule.getHandle(running.pipeline).trigger()
  const [late] = await until('news', () => running.said.told.length > 0 && running.said.told)
  const { workflowId } = await onlyTick(running)
  const handle = running.client.workflow.getHandle(workflowId)
  const { runId } = await handle.describe()
  await until('another run of it', async () => (await handle.describe()).runId !== runId)

  await workspace.drop(`${late?.partition}.csv`, prices(1))
  expect(await handle.result()).toEqual({ partition: late?.partition, state: 'loaded', rows: 1 })
  expect(running.said.told.map(({ what }) => what)).toEqual(['late', 'recovered'])
  const batches = `TidemarkPipeline = '${running.pipeline}' AND WorkflowType = 'importBatch'`
  expect((await running.client.workflow.count(batches)).count).toBe(1)
})
