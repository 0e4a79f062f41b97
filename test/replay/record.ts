import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from '@jest/globals'
import { actWorkflowId } from '../../src/client/act.ts'
import { startTellingOverdue } from '../../src/client/start-overdue.ts'
import { dynamic, env, localFolder } from '../../src/config/define.ts'
import type { PipelineInput } from '../../src/config/schema.ts'
import { batchId, overdueId, partitionId, sensorId } from '../../src/names.ts'
import { onceKnown, registerSearchAttributes } from '../../src/schedules/search-attributes.ts'
import { Endpoint } from '../alerting/endpoint.ts'
import { HoldUp } from '../harness/hold-up.ts'
import { OwnServer } from '../harness/own-server.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { saveHistory } from './saved-histories.ts'

// Not a part of `npm test`: `npm run record-histories` has jest run it, and it writes test/histories anew.

const SOURCE = localFolder('source', { files: '{partition}.csv', settle: '100ms' })

async function save(running: Running, workflowId: string, name: string, runId?: string): Promise<void> {
  const history = await running.client.workflow.getHandle(workflowId, runId).fetchHistory()
  await saveHistory(name, history, running.workspace.folder)
}

test('importPartition: loaded, held, nothing', async () => {
  await using workspace = await Workspace.create({ source: SOURCE })
  await workspace.drop('good.csv', prices(1, 2))
  await workspace.drop('bad.csv', prices(1, 0))
  await using running = await Running.start(workspace)
  for (const [key, name] of [
    ['good', 'loaded'],
    ['bad', 'held'],
    ['none', 'nothing'],
  ] as const) {
    await running.tidemark.importPartition(running.pipeline, key).catch(() => undefined) // what is held fails its run
    await save(running, partitionId(running.pipeline, key), `importPartition/${name}`)
  }
})

test('importBatch: loaded and held, asked again', async () => {
  await using workspace = await Workspace.create({ source: SOURCE })
  for (let day = 0; day < 5; day++) await workspace.drop(`good-${day}.csv`, prices(day + 1))
  await workspace.drop('bad.csv', prices(0))
  await using running = await Running.start(workspace)
  const handle = await running.tidemark.startAll(running.pipeline)
  await running.tidemark.startAll(running.pipeline)
  await handle.result()
  await save(running, batchId(running.pipeline), 'importBatch/loaded-and-held')
})

const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)

async function scheduled(name: string, schedule: PipelineInput['schedule'], work: (running: Running) => Promise<void>) {
  await using workspace = await Workspace.create({
    source: SOURCE,
    partitions: { kind: 'daily', start: '2018-01-22', timezone: 'UTC' },
    ...(schedule === undefined ? {} : { schedule }),
  })
  await using running = await Running.start(workspace)
  await running.apply()
  await work(running)
  const handle = running.client.schedule.getHandle(running.pipeline)
  const { info } = await handle.describe()
  const run = info.recentActions.at(-1)?.action.workflow
  if (run === undefined) throw new Error('expected the schedule to have started a workflow')
  await running.client.workflow
    .getHandle(run.workflowId)
    .result()
    .catch(() => undefined) // some are to fail
  await save(running, run.workflowId, `scheduledPartition/${name}`)
}

async function trigger(running: Running): Promise<void> {
  const handle = running.client.schedule.getHandle(running.pipeline)
  await handle.trigger()
  await until('the run', async () => (await handle.describe()).info.recentActions.length > 0)
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** Never by itself. */
const CRON = '0 0 29 2 *'

test('scheduledPartition: loaded, held, late and loaded, late and missing', async () => {
  await scheduled('loaded', { cron: CRON }, async (running) => {
    await running.workspace.drop(`${YESTERDAY}.csv`, prices(1))
    await trigger(running)
  })
  await scheduled('held', { cron: CRON }, async (running) => {
    await running.workspace.drop(`${YESTERDAY}.csv`, prices(0))
    await trigger(running)
  })
  await scheduled('late-then-loaded', { cron: CRON, lateAfter: '1s', missingAfter: '1h' }, async (running) => {
    await trigger(running)
    await until('being told', () => running.said.told.some(({ what }) => what === 'late'))
    await running.workspace.drop(`${YESTERDAY}.csv`, prices(1))
  })
  await scheduled('late-then-missing', { cron: CRON, lateAfter: '1s', missingAfter: '2s' }, trigger)
})

test('sensor: a run that continued as new, and the run that it became', async () => {
  await using server = await OwnServer.start({ 'limit.historyCount.suggestContinueAsNew': 30 })
  await using workspace = await Workspace.create({ source: SOURCE })
  await using running = await Running.start(workspace, { server })
  await running.apply()
  const sensor = running.client.workflow.getHandle(sensorId(running.pipeline))
  const runId = async () => (await sensor.describe()).runId
  const first = await runId()
  for (let day = 0; (await runId()) === first; day++) {
    await workspace.drop(`day-${day}.csv`, prices(day + 1))
    await running.outcome(`day-${day}.csv`)
  }
  await workspace.drop('after.csv', prices(1))
  await running.outcome('after.csv')
  await save(running, sensor.workflowId, 'sensor/continued-as-new', first)
  await save(running, sensor.workflowId, 'sensor/continued')
})

test('sensor: every signal, a batch, a source that fails and recovers', async () => {
  await using workspace = await Workspace.create({ source: SOURCE, sensor: { every: '1s' } })
  await using running = await Running.start(workspace)
  const { pipeline, tidemark } = running
  await running.apply()
  await tidemark.pause(pipeline)
  for (let day = 0; day < 30; day++) await workspace.drop(`day-${day}.csv`, prices(day + 1))
  await tidemark.notify(pipeline, ['day-1.csv', 'day-2.csv'])
  await tidemark.poll(pipeline)
  await tidemark.resume(pipeline)
  await running.outcome('day-29.csv')
  const told = (what: string) => until(what, () => running.said.told.some((news) => news.what === what))
  await rename(workspace.path(''), join(workspace.folder, 'elsewhere'))
  await told('failing')
  await rename(join(workspace.folder, 'elsewhere'), workspace.path(''))
  await told('recovered')
  await save(running, sensorId(pipeline), 'sensor/signals-batch-and-failing')
})

test('sensor: begins, at once and after its source has failed', async () => {
  const partitions = dynamic({ initial: 'none' })
  await using workspace = await Workspace.create({ source: SOURCE, partitions, sensor: { every: '1s' } })
  await workspace.drop('old.csv', prices(1))
  await using running = await Running.start(workspace)
  await running.apply()
  await until('the first sweep', () => running.worker.warehouse.hasBegun(running.pipeline))
  await workspace.drop('new.csv', prices(2))
  await running.outcome('new.csv')
  await save(running, sensorId(running.pipeline), 'sensor/begun')

  await using unlucky = await Workspace.create({ source: SOURCE, partitions, sensor: { every: '1s' } })
  await rename(unlucky.path(''), join(unlucky.folder, 'elsewhere'))
  await using later = await Running.start(unlucky)
  await later.apply()
  await until('being told', () => later.said.told.some(({ what }) => what === 'failing'))
  await rename(join(unlucky.folder, 'elsewhere'), unlucky.path(''))
  await until('the first sweep', () => later.worker.warehouse.hasBegun(later.pipeline))
  await unlucky.drop('new.csv', prices(2))
  await later.outcome('new.csv')
  await save(later, sensorId(later.pipeline), 'sensor/failing-then-begun')
})

test('alert: told at the second try, and not taken; recovered by an import and by a batch', async () => {
  await using endpoint = await Endpoint.up({ status: 503 })
  await using workspace = await Workspace.create({ source: SOURCE }, { webhook: env(endpoint.variable), command: ['true'] })
  for (const name of ['one', 'two', 'three']) await workspace.drop(`${name}.csv`, prices(0))
  await using running = await Running.start(workspace)
  const { pipeline, tidemark, client } = running
  const alertAfter = async (what: string) => {
    const query = `TidemarkPipeline = '${pipeline}' AND WorkflowType = 'alert'`
    return until(what, async () => {
      for await (const { workflowId, status } of client.workflow.list({ query }))
        if (workflowId.includes(`/alert/${what}/`) && status.name !== 'RUNNING') return workflowId
      return undefined
    })
  }
  await (await tidemark.startAll(pipeline)).result()
  await save(running, await alertAfter('held'), 'alert/told')
  endpoint.answerNext({ status: 404 })
  await workspace.drop('one.csv', prices(1))
  await tidemark.importPartition(pipeline, 'one')
  await save(running, partitionId(pipeline, 'one'), 'importPartition/recovered')
  await save(running, await alertAfter('recovered'), 'alert/not-taken')
  for (const name of ['two', 'three']) await workspace.drop(`${name}.csv`, prices(1))
  await (await tidemark.startAll(pipeline)).result()
  await save(running, batchId(pipeline), 'importBatch/recovered')
})

test('actOnFile: released, refused, removed', async () => {
  await using workspace = await Workspace.create({ source: SOURCE })
  await workspace.drop('bad.csv', prices(1, 0))
  await using running = await Running.start(workspace)
  const { tidemark, pipeline } = running
  await tidemark.importPartition(pipeline, 'bad').catch(() => undefined) // what is held fails its run
  const id = actWorkflowId(pipeline, 'bad.csv')
  await tidemark.removeFile(pipeline, 'bad.csv').catch(() => undefined) // it has no rows
  await save(running, id, 'actOnFile/refused')
  const [held] = await running.ledger()
  await tidemark.releaseFile(pipeline, 'bad.csv', { fingerprint: held?.fingerprint ?? '', reason: 'known' })
  await save(running, id, 'actOnFile/released')
  await tidemark.removeFile(pipeline, 'bad.csv')
  await save(running, id, 'actOnFile/removed')
})

test('backfill: with held ones, paused and resumed, and continued as new', async () => {
  await using server = await OwnServer.start({ 'limit.historyCount.suggestContinueAsNew': 60 })
  await using workspace = await Workspace.create({ source: SOURCE })
  for (let day = 0; day < 24; day++) await workspace.drop(`day-${day}.csv`, prices(day)) // the first one is held
  await using running = await Running.start(workspace, { server })
  const { tidemark, pipeline, client } = running
  await registerSearchAttributes(client, client.options.namespace)
  const range = { from: 'day-0', to: 'day-10', concurrency: 2 }
  const paused = await onceKnown(() => tidemark.backfill(pipeline, { ...range, name: 'paused' }))
  await paused.pause()
  await until('the window to be empty', async () => (await paused.progress()).open === 0)
  await paused.resume()
  await paused.result()
  await save(running, paused.workflowId, 'backfill/paused-and-resumed')
  const retried = await tidemark.backfill(pipeline, { only: 'held' })
  await retried.result()
  await save(running, retried.workflowId, 'backfill/held')

  const rolling = await tidemark.backfill(pipeline, { concurrency: 4 })
  const { runId: first } = await client.workflow.getHandle(rolling.workflowId).describe()
  await rolling.result()
  await save(running, rolling.workflowId, 'backfill/continued-as-new', first)
  await save(running, rolling.workflowId, 'backfill/continued')
})

test('backfill: a single run, paused while it loads, and resumed', async () => {
  // It is still settling when it hears of the pause.
  const source = localFolder('source', { files: '{partition}.csv', settle: '4s' })
  await using workspace = await Workspace.create({ source })
  for (let day = 0; day < 4; day++) await workspace.drop(`day-${day}.csv`, prices(day)) // the first one is held
  await using running = await Running.start(workspace)
  const together = await running.tidemark.backfill(running.pipeline, { singleRun: true })
  const handle = running.client.workflow.getHandle(together.workflowId)
  const loads = async () => (await handle.describe()).raw.pendingActivities?.some(({ lastStartedTime }) => lastStartedTime)
  await until('its load', loads)
  await together.pause()
  await until('the end of its load', async () => !(await loads()))
  await together.resume()
  await together.result()
  await save(running, together.workflowId, 'backfill/single-run')
})

test('tellOverdue: missing, and nothing any more', async () => {
  await using workspace = await Workspace.create({
    source: SOURCE,
    partitions: { kind: 'daily', start: '2018-01-22', end: '2018-01-23' },
    expect: {},
  })
  await using running = await Running.start(workspace)
  const { client, pipeline } = running
  for (const name of ['missing', 'nothing']) {
    await startTellingOverdue(client, { pipeline, taskQueue: workspace.config.temporal.taskQueue })
    await client.workflow.getHandle(overdueId(pipeline)).result()
    await save(running, overdueId(pipeline), `tellOverdue/${name}`)
  }
})

test('scheduledPartition: a day off', async () => {
  await using workspace = await Workspace.create({
    source: SOURCE,
    partitions: { kind: 'daily', start: '2018-01-22' },
    schedule: { cron: CRON },
    expect: { except: [...WEEKDAYS] },
  })
  await using running = await Running.start(workspace)
  await running.apply()
  await trigger(running)
  const { info } = await running.client.schedule.getHandle(running.pipeline).describe()
  const workflowId = info.recentActions.at(-1)?.action.workflow.workflowId ?? ''
  await running.client.workflow.getHandle(workflowId).result()
  await save(running, workflowId, 'scheduledPartition/day-off')
})

test('backfill in a single run, and importBatch: told of their progress by the load', async () => {
  await using workspace = await Workspace.create({ source: SOURCE, partitions: dynamic({ initial: { atOnce: 2 } }) })
  for (let day = 0; day < 6; day++) await workspace.drop(`day-${day}.csv`, prices(day)) // the first one is held
  let loads = new HoldUp()
  await using running = await Running.start(workspace, { onStep: (step) => (step === 'staged' ? loads.pass() : undefined) })
  const { tidemark, pipeline, client } = running
  const progressed = async (workflowId: string, times: number) => {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory()
    return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length >= times
  }
  const together = await tidemark.backfill(pipeline, { singleRun: true })
  await until('a first word', () => progressed(together.workflowId, 1))
  loads.letGo(1)
  await until('a second word', () => progressed(together.workflowId, 2))
  loads.open()
  await together.result()
  await save(running, together.workflowId, 'backfill/progressed')

  for (let day = 0; day < 6; day++) await workspace.drop(`day-${day}.csv`, prices(day + 10))
  loads = new HoldUp()
  const batch = await tidemark.startAll(pipeline)
  await until('a first word', () => progressed(batchId(pipeline), 2)) // one is of who has started it
  loads.letGo(1)
  await until('a second word', () => progressed(batchId(pipeline), 3))
  loads.open()
  await batch.result()
  await save(running, batchId(pipeline), 'importBatch/progressed')
})
