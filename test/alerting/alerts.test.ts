import { chmod, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { daily, env } from '../../src/config/define.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { backfill, ended } from '../scheduled/ticks.ts'
import { Endpoint } from './endpoint.ts'
import { expectNoSecret } from './known-of-alerts.ts'

/** Fails the first time; then it keeps what it gets. */
const HOOK = `#!/bin/sh
if [ ! -e tried ]; then touch tried; exit 1; fi
cat >> got
`

const whatIn = (alerts: readonly unknown[]) => alerts.map((alert) => JSON.parse(JSON.stringify(alert)).what)

test.concurrent('held, and then well: each is told once, by webhook and by command, though both fail at first', async () => {
  await using endpoint = await Endpoint.down({ status: 503, headers: { 'retry-after': '3' } })
  await using workspace = await Workspace.create({}, { webhook: env(endpoint.variable), command: ['./hook'] })
  await writeFile(join(workspace.folder, 'hook'), HOOK)
  await chmod(join(workspace.folder, 'hook'), 0o755)
  let dies = true
  // As a worker that is killed between the commit and its answer.
  const onStep = (step: string) => {
    if (step !== 'published' || !dies) return
    dies = false
    throw new Error('killed')
  }
  await using running = await Running.start(workspace, { onStep })
  const { tidemark, pipeline } = running
  await workspace.drop('day.csv', prices(0))
  for (let times = 0; times < 2; times++) await expect(tidemark.importPartition(pipeline, 'day')).rejects.toThrow()
  expect(dies).toBe(false)
  expect(await running.ledgerLines()).toEqual(['day.csv#1 held'])
  await until('a delivery that fails', async () => (await alertsOf(running)).some(({ tries }) => tries > 1))
  await endpoint.open()
  await until('the alert', () => endpoint.taken.length > 0)
  const [refused, taken] = endpoint.posts
  expect((taken?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(2_900) // as the endpoint asked
  expect(endpoint.taken).toEqual([
    expect.objectContaining({
      text: `${pipeline} day is held: day.csv: check above(share_price, 0) failed for 1 of 1 row`,
      partition: 'day',
      what: 'held',
      count: null,
      workflow: `${pipeline}/partition/day`,
    }),
  ])
  await workspace.drop('day.csv', prices(1))
  await tidemark.importPartition(pipeline, 'day')
  await until('word that it is well', () => endpoint.taken.length > 1)
  await until('all deliveries to end', async () => (await alertsOf(running)).every(({ status }) => status === 'COMPLETED'))
  expect(whatIn(endpoint.taken)).toEqual(['held', 'recovered'])
  const hooked = (await readFile(join(workspace.folder, 'got'), 'utf8')).trim().split('\n')
  expect(whatIn(hooked.map((line) => JSON.parse(line)))).toEqual(['held', 'recovered'])
  expect(running.said.told.map(({ what }) => what)).toEqual(['held', 'recovered'])
  await expectNoSecret(running, endpoint)
})

test.concurrent('a batch of many held files is one alert; a webhook that is not there is not tried again', async () => {
  await using endpoint = await Endpoint.up({ status: 404 })
  await using workspace = await Workspace.create({}, { webhook: env(endpoint.variable) })
  for (let n = 0; n < 30; n++) await workspace.drop(`bad-${n}.csv`, prices(0))
  await using running = await Running.start(workspace)
  await (await running.tidemark.startAll(running.pipeline)).result()
  const [alert] = await until('the delivery to fail', async () => {
    const alerts = await alertsOf(running)
    return alerts.some(({ status }) => status === 'FAILED') && alerts
  })
  expect(endpoint.posts).toMatchObject([{ status: 404, body: { what: 'held', count: 30, partition: null } }])
  await expect(running.client.workflow.getHandle(alert?.workflowId ?? '').result()).rejects.toMatchObject({
    cause: { type: 'AlertUndelivered', message: expect.stringContaining('the webhook answered 404') },
  })
  for (let n = 0; n < 30; n++) await workspace.drop(`bad-${n}.csv`, prices(1))
  await (await running.tidemark.startAll(running.pipeline)).result()
  await until('word that they are well', () => endpoint.taken.length > 0)
  expect(endpoint.taken).toMatchObject([{ what: 'recovered', count: 30 }])
  await expectNoSecret(running, endpoint)
})

test.concurrent('a partition that is missing is told once, however often it is looked for, and when it is there', async () => {
  await using endpoint = await Endpoint.up()
  await using workspace = await Workspace.create(
    { partitions: daily({ start: '2018-01-22' }), schedule: { cron: '0 6 * * *' } },
    { webhook: env(endpoint.variable) },
  )
  await using running = await Running.start(workspace)
  await running.apply()
  await backfill(running, '2018-01-23', '2018-01-23')
  await ended(running, 1)
  await backfill(running, '2018-01-23', '2018-01-23')
  await ended(running, 2)
  await workspace.drop('2018-01-22.csv', prices(1))
  await running.tidemark.importPartition(running.pipeline, '2018-01-22')
  await until('word that it is there', () => endpoint.taken.length > 1)
  expect(endpoint.taken).toMatchObject([
    { what: 'missing', partition: '2018-01-22' },
    { what: 'recovered', partition: '2018-01-22', reason: 'partition 2018-01-22: loaded' },
  ])
})

test.concurrent('a source that fails, and fails in another way, and is back: two alerts', async () => {
  await using endpoint = await Endpoint.up()
  await using workspace = await Workspace.create({ sensor: { every: '1s' } }, { webhook: env(endpoint.variable) })
  await using running = await Running.start(workspace)
  await running.apply()
  await workspace.drop('a.csv', prices(1))
  await running.outcome('a.csv')
  const away = join(workspace.folder, 'away')
  await rename(workspace.path(''), away)
  await until('word that it fails', () => endpoint.taken.length > 0)
  const failing = async () => (await running.tidemark.sensorStatus(running.pipeline)).failing
  const first = await failing()
  await writeFile(workspace.path('.').replace(/\/$/, ''), 'no folder')
  await until('another reason', async () => {
    const now = await failing()
    return now !== null && now !== first
  })
  await rename(workspace.path('.').replace(/\/$/, ''), join(workspace.folder, 'no-folder'))
  await rename(away, workspace.path(''))
  await until('word that it is back', () => endpoint.taken.length > 1)
  expect(whatIn(endpoint.taken)).toEqual(['failing', 'recovered'])
})

async function alertsOf({ client, pipeline }: Running) {
  const alerts: { workflowId: string; status: string; tries: number }[] = []
  const query = `TidemarkPipeline = '${pipeline}' AND WorkflowType = 'alert'`
  for await (const { workflowId } of client.workflow.list({ query })) {
    const { status, raw } = await client.workflow.getHandle(workflowId).describe()
    const tries = Math.max(0, ...(raw.pendingActivities ?? []).map(({ attempt }) => attempt ?? 0))
    alerts.push({ workflowId, status: status.name, tries })
  }
  return alerts
}
