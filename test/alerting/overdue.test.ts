import { expect, test } from '@jest/globals'
import { startBatch } from '../../src/client/start.ts'
import { daily, dynamic, env } from '../../src/config/define.ts'
import { untoldOverdue } from '../../src/freshness/untold-overdue.ts'
import { batchId, overdueId, PARTITION } from '../../src/names.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { temporal } from '../harness/temporal-command.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { backfill, ended, RARELY } from '../scheduled/ticks.ts'
import { Endpoint } from './endpoint.ts'

const DAY_MS = 86_400_000
const SOON = { overdue: { confirmMs: 200 } }
const THREE_DAYS = daily({ start: '2018-01-22', end: '2018-01-24' })

test.concurrent('partitions that no schedule waits for are told as missing in one alert, and not again by another worker', async () => {
  await using endpoint = await Endpoint.up()
  await using workspace = await Workspace.create({ partitions: THREE_DAYS, expect: {} }, { webhook: env(endpoint.variable) })
  await workspace.drop('2018-01-23.csv', prices(1))
  {
    await using running = await Running.start(workspace, SOON)
    await running.apply()
    await until('the alert', () => endpoint.taken.length > 0)
    const { status } = await running.client.workflow.getHandle(overdueId(running.pipeline)).describe()
    expect(['RUNNING', 'COMPLETED']).toContain(status.name)
    await until('the telling to end', async () => {
      return (await running.client.workflow.getHandle(overdueId(running.pipeline)).describe()).status.name === 'COMPLETED'
    })
  }
  expect(endpoint.taken).toMatchObject([
    {
      what: 'missing',
      partition: null,
      count: 2,
      text: `${workspace.pipeline} is missing (2 partitions): 2018-01-22: not loaded; it was due 2018-01-23T00:00:00.000Z\n2018-01-24: not loaded; it was due 2018-01-25T00:00:00.000Z`,
    },
  ])
  await using running = await Running.start(workspace, SOON)
  await running.apply()
  await workspace.drop('2018-01-22.csv', prices(1))
  await until('word that it is there', () => endpoint.taken.length > 1)
  await workspace.drop('2018-01-24.csv', prices(1))
  await until('word that the other one is there', () => endpoint.taken.length > 2)
  expect(endpoint.taken.slice(1)).toMatchObject([
    { what: 'recovered', partition: '2018-01-22' },
    { what: 'recovered', partition: '2018-01-24' },
  ])
})

test.concurrent('a backfill tells in one word which of its partitions have come, and in one which are held', async () => {
  await using endpoint = await Endpoint.up()
  await using workspace = await Workspace.create(
    { partitions: THREE_DAYS, schedule: { cron: RARELY } },
    { webhook: env(endpoint.variable) },
  )
  await using running = await Running.start(workspace, SOON)
  await running.apply()
  await until('word that all are missing', () => endpoint.taken.length > 0)
  await workspace.drop('2018-01-22.csv', prices(1))
  await workspace.drop('2018-01-23.csv', prices(0))
  await workspace.drop('2018-01-24.csv', prices(2))
  const backfill = await running.tidemark.backfill(running.pipeline, { from: '2018-01-22', to: '2018-01-24' })
  expect(await backfill.result()).toMatchObject({ loaded: 2, held: 1 })
  await until('word of both', () => endpoint.taken.length > 2)
  expect(endpoint.taken).toMatchObject([
    { what: 'missing', count: 3 },
    { what: 'held', partition: '2018-01-23' },
    { what: 'recovered', count: 2 },
  ])
})

test.concurrent('a schedule that is paused hides nothing, and a tick that runs later tells nothing twice', async () => {
  await using workspace = await Workspace.create({
    partitions: daily({ start: '2018-01-22', end: '2018-01-22' }),
    schedule: { cron: RARELY },
  })
  await using running = await Running.start(workspace, SOON)
  await running.apply()
  await temporal('schedule', 'toggle', '--schedule-id', running.pipeline, '--pause', '--reason', 'source is down')
  const [news] = await until('the news', () => running.said.told.length > 0 && running.said.told)
  expect(news).toEqual({
    pipeline: running.pipeline,
    partition: '2018-01-22',
    what: 'missing',
    reason: 'not loaded; it was due 2020-02-29T06:00:00.000Z',
  })
  await backfill(running, '2020-02-29', '2020-02-29')
  await ended(running, 1)
  await workspace.drop('2018-01-22.csv', prices(1))
  await running.tidemark.importPartition(running.pipeline, '2018-01-22')
  expect(running.said.told.map(({ what }) => what)).toEqual(['missing', 'recovered'])
})

test.concurrent('what a tick waits for, and what a batch may be bringing, is left to them to tell', async () => {
  const threeDaysAgo = new Date(Date.now() - 3 * DAY_MS).toISOString().slice(0, 10)
  await using workspace = await Workspace.create({
    partitions: daily({ start: threeDaysAgo }),
    schedule: { cron: '0 0 * * *', lateAfter: '1h', missingAfter: '30d' },
  })
  await using running = await Running.start(workspace)
  const { client, pipeline, worker } = running
  await running.apply()
  const tomorrow = new Date(Date.now() + DAY_MS)
  const keys = async () => {
    const { overdue } = await untoldOverdue({ client, warehouse: worker.warehouse, pipeline: workspace.settings, now: tomorrow })
    return overdue.map(({ key }) => key)
  }
  const all = await keys()
  expect(all.length).toBeGreaterThan(2)
  await temporal('schedule', 'trigger', '--schedule-id', pipeline, '--overlap-policy', 'AllowAll')
  const waitedFor = await until('the run of the tick', async () => {
    const query = `TidemarkPipeline = '${pipeline}' AND WorkflowType = 'scheduledPartition' AND TidemarkStatus = 'waiting'`
    for await (const { typedSearchAttributes } of client.workflow.list({ query })) return typedSearchAttributes.get(PARTITION)
    return undefined
  })
  const others = all.filter((key) => key !== waitedFor)
  // The tick asks for a batch too.
  const asked = client.workflow.getHandle(batchId(pipeline))
  const hasEnded = () =>
    asked.describe().then(
      ({ status }) => status.name !== 'RUNNING',
      () => false,
    )
  await until('that batch to have ended', hasEnded)
  expect(await keys()).toEqual(others)
  expect(all).toContain(waitedFor)
  // On a queue that nobody works: it stays open until the test ends it.
  await startBatch(client, { pipeline, taskQueue: 'nobody', trigger: 'manual' })
  expect(await keys()).toEqual([])
})

test.concurrent('a tick of a day off looks once, tells nothing, and loads what is there', async () => {
  await using workspace = await Workspace.create({
    partitions: daily({ start: '2018-01-22', end: '2018-01-24' }),
    schedule: { cron: '0 6 * * *' },
    expect: { except: ['2018-01-22', '01-23'] },
  })
  await workspace.drop('2018-01-23.csv', prices(1))
  await using running = await Running.start(workspace)
  await running.apply()
  await backfill(running, '2018-01-23', '2018-01-25')
  expect(await ended(running, 3)).toMatchObject([
    { partition: '2018-01-22', status: 'nothing' },
    { partition: '2018-01-23', status: 'loaded', rows: 1 },
    { partition: '2018-01-24', status: 'missing' },
  ])
  expect(running.said.told.map(({ what, partition }) => `${what} ${partition}`)).toEqual(['missing 2018-01-24'])
})

test.concurrent('keys that stop coming are told late; a correction of an old one is no new one, and a new one is told as its recovery', async () => {
  await using workspace = await Workspace.create({
    partitions: dynamic(),
    sensor: { every: '1s' },
    expect: { every: '1s', lateAfter: '2s', missingAfter: '1h' },
  })
  await workspace.drop('a.csv', prices(1))
  await using running = await Running.start(workspace, SOON)
  await running.apply()
  await until('the news', () => running.said.told.length > 0)
  expect(running.said.told).toMatchObject([
    { what: 'late', reason: expect.stringMatching(/^no new partition after a; one was due 20/) },
  ])
  await workspace.drop('a.csv', prices(2))
  await running.outcome('a.csv', 2)
  expect(running.said.told).toHaveLength(1)
  await workspace.drop('b.csv', prices(3))
  await until('word of the new one', () => running.said.told.length > 1)
  expect(running.said.told[1]).toMatchObject({ what: 'recovered', reason: 'a new partition has come: b' })
})

test.concurrent('too few rows are late like none, and enough of them are well', async () => {
  await using workspace = await Workspace.create({
    partitions: daily({ start: '2018-01-22', end: '2018-01-22' }),
    expect: { rows: 3, missingAfter: '3650d' },
  })
  await workspace.drop('2018-01-22.csv', prices(1))
  await using running = await Running.start(workspace, SOON)
  await running.apply()
  const [news] = await until('the news', () => running.said.told.length > 0 && running.said.told)
  expect(news).toMatchObject({ what: 'late', partition: '2018-01-22', reason: expect.stringContaining('1 of 3 rows') })
  await workspace.drop('2018-01-22.csv', prices(1, 2))
  await running.outcome('2018-01-22.csv', 2)
  await workspace.drop('2018-01-22.csv', prices(1, 2, 3))
  await until('word that it is well', () => running.said.told.length > 1)
  expect(running.said.told.map(({ what }) => what)).toEqual(['late', 'recovered'])
})
