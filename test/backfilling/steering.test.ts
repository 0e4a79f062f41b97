import { expect, test } from '@jest/globals'
import proto from '@temporalio/proto'
import { dynamic, localFolder } from '../../src/config/define.ts'
import type { PipelineInput } from '../../src/config/schema.ts'
import { partitionId } from '../../src/names.ts'
import { registerSearchAttributes } from '../../src/schedules/search-attributes.ts'
import { HoldUp } from '../harness/hold-up.ts'
import { OwnServer } from '../harness/own-server.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

const { PendingActivityState: PENDING } = proto.temporal.api.enums.v1
const QUICK: Partial<PipelineInput> = { source: localFolder('source', { files: '{partition}.csv', settle: '20ms' }) }

async function withPartitions(count: number, options = QUICK): Promise<Workspace> {
  const workspace = await Workspace.create(options)
  for (let n = 0; n < count; n++) await workspace.drop(`p${String(n).padStart(3, '0')}.csv`, prices(n + 1))
  return workspace
}

/** Whether a partition's newest run is open, and how it ended. */
async function statusOf({ client, pipeline }: Running, key: string): Promise<string> {
  const { status } = await client.workflow.getHandle(partitionId(pipeline, key)).describe()
  return status.name
}

/** Waits until a run's activity knows that it is to end: the answers to its heartbeats say so. */
async function heardOfCancel({ client }: Running, workflowId: string): Promise<void> {
  const beats = new Set<string>()
  await until(`${workflowId} to hear of its cancellation`, async () => {
    const { raw } = await client.workflow.getHandle(workflowId).describe()
    const [activity] = raw.pendingActivities ?? []
    if (activity?.state === PENDING.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED) beats.add(JSON.stringify(activity.lastHeartbeatTime))
    return beats.size > 2
  })
}

test('paused, it lets what is open come to its end and starts no more; resumed, it goes on', async () => {
  await using workspace = await withPartitions(12)
  const loads = new HoldUp()
  await using running = await Running.start(workspace, { onStep: (step) => (step === 'staged' ? loads.pass() : undefined) })
  const backfill = await running.tidemark.backfill(running.pipeline, { concurrency: 5 })
  // Four load, and the fifth waits for a slot.
  await until('four loads', () => loads.held === 4)
  expect(await backfill.progress()).toMatchObject({ state: 'running', open: 5, left: 12, loaded: 0, rate: null })
  await backfill.pause()
  loads.letGo(4)
  await until('the fifth load', () => loads.held === 1)
  loads.letGo(1)
  const resting = await until('the window to be empty', async () => {
    const progress = await backfill.progress()
    return progress.open === 0 && progress
  })
  expect(resting).toMatchObject({ state: 'paused', left: 7, loaded: 5 })
  expect(resting.rate).toBeGreaterThan(0)
  loads.open()
  await backfill.resume()
  expect(await backfill.result()).toMatchObject({ loaded: 12, rows: 12 })
  expect(await backfill.progress()).toMatchObject({ state: 'done', open: 0, left: 0 })
})

test('a single run is stopped by a pause where it is, and goes on from there', async () => {
  await using workspace = await withPartitions(700, { ...QUICK, partitions: dynamic({ initial: { atOnce: 500 } }) })
  const second = new HoldUp()
  let chunks = 0
  await using running = await Running.start(workspace, {
    onStep: (step) => {
      if (step === 'claimed') chunks += 1
      return step === 'staged' && chunks === 2 ? second.pass() : undefined
    },
  })
  const backfill = await running.tidemark.backfill(running.pipeline, { singleRun: true })
  await until('the second chunk', () => second.held === 1)
  // What the activity has told by now is in the progress.
  await until('the first chunk to be told', async () => (await backfill.progress()).loaded === 500)
  expect(await backfill.progress()).toMatchObject({ state: 'running', left: 200, rows: 500 })
  await backfill.pause()
  await heardOfCancel(running, backfill.workflowId)
  second.open()
  const resting = await until('its end', async () => {
    const { events } = await running.client.workflow.getHandle(backfill.workflowId).fetchHistory()
    return events?.some((event) => event.activityTaskCompletedEventAttributes) && (await backfill.progress())
  })
  expect(resting).toMatchObject({ state: 'paused', loaded: 500, left: 200 })
  expect((await running.ledger()).length).toBe(500)
  await backfill.resume()
  expect(await backfill.result()).toMatchObject({ loaded: 700, rows: 700, upToDate: 0 })
  expect(running.said.loads.map(({ files }) => files)).toEqual([500, 200])
  expect(await running.rows('SELECT count(*)::INTEGER AS rows FROM prices')).toEqual([{ rows: 700 }])
})

test('cancelled, it ends the imports that it has started and no others, and nothing half is published', async () => {
  await using workspace = await withPartitions(6)
  const loads = new HoldUp()
  await using running = await Running.start(workspace, { onStep: (step) => (step === 'staged' ? loads.pass() : undefined) })
  const { tidemark, pipeline } = running
  // A person's import of the second partition is open: the backfill waits for it.
  const byHand = await tidemark.startPartition(pipeline, 'p001')
  await until('the import', () => loads.held === 1)
  const backfill = await tidemark.backfill(pipeline, { concurrency: 2 })
  await until('a load of the backfill', () => loads.held === 2)
  await backfill.cancel()
  await heardOfCancel(running, partitionId(pipeline, 'p000'))
  loads.open()
  await expect(backfill.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } })
  expect(await statusOf(running, 'p000')).toBe('CANCELLED')
  expect(await byHand?.result()).toMatchObject({ state: 'loaded' })
  expect(await running.sharePrices()).toEqual({ 'p001.csv': [2] })
  expect(await running.ledgerLines()).toEqual(['p001.csv#1 loaded'])
  expect(await running.rows('SELECT * FROM tidemark.claims')).toEqual([])

  const again = await tidemark.backfill(pipeline, { newestFirst: true, concurrency: 1 })
  expect(await again.result()).toMatchObject({ loaded: 5, upToDate: 1 })
  expect(running.said.loads.map(({ only }) => only?.key)).toEqual(['p001', 'p005', 'p004', 'p003', 'p002', 'p000'])
})

test('a partition that another run has open is waited for, and asked for again', async () => {
  await using workspace = await withPartitions(2)
  const loads = new HoldUp()
  await using running = await Running.start(workspace, { onStep: (step) => (step === 'looked again' ? loads.pass() : undefined) })
  const { tidemark, pipeline, client } = running
  const byHand = await tidemark.startPartition(pipeline, 'p000')
  await until('the import', () => loads.held === 1)
  // It has looked for the last time; this it will not see.
  await workspace.drop('p000.csv', prices(7, 8))
  const backfill = await tidemark.backfill(pipeline)
  await until('an import that was refused', async () =>
    (await client.workflow.getHandle(backfill.workflowId).fetchHistory()).events?.some(
      (event) => event.startChildWorkflowExecutionFailedEventAttributes,
    ),
  )
  loads.open()
  expect(await backfill.result()).toMatchObject({ loaded: 2, rows: 3 })
  await byHand?.result()
  expect(await running.sharePrices()).toEqual({ 'p000.csv': [7, 8], 'p001.csv': [2] })
})

test('an import that a person cancels is counted as failed, and the others go on', async () => {
  await using workspace = await withPartitions(3)
  const loads = new HoldUp()
  await using running = await Running.start(workspace, { onStep: (step) => (step === 'staged' ? loads.pass() : undefined) })
  const { tidemark, pipeline, client } = running
  const backfill = await tidemark.backfill(pipeline, { concurrency: 1 })
  await until('the first load', () => loads.held === 1)
  await client.workflow.getHandle(partitionId(pipeline, 'p000')).cancel()
  await heardOfCancel(running, partitionId(pipeline, 'p000'))
  loads.open()
  const problem = { partition: 'p000', state: 'failed', reason: 'its import was cancelled' }
  expect(await backfill.result()).toMatchObject({ loaded: 2, failed: 1, problems: [problem] })
  const again = await tidemark.backfill(pipeline)
  expect(await again.result()).toMatchObject({ loaded: 1, failed: 0, upToDate: 2 })
})

test('it continues as new with its window drained, as often as it must, and loses and repeats nothing', async () => {
  await using server = await OwnServer.start({ 'limit.historyCount.suggestContinueAsNew': 60 })
  await using workspace = await withPartitions(40)
  await workspace.drop('p013.csv', prices(0))
  await using running = await Running.start(workspace, { server })
  const { tidemark, pipeline, client } = running
  await registerSearchAttributes(client, client.options.namespace)
  const backfill = await tidemark.backfill(pipeline, { concurrency: 4 })
  const result = await backfill.result()
  expect(result).toMatchObject({ loaded: 39, held: 1, rows: 39, upToDate: 0, problems: [{ partition: 'p013' }] })
  const runs: string[] = []
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${backfill.workflowId}'` })) runs.push(runId)
  expect(runs.length).toBeGreaterThan(2)
  for (const runId of runs) {
    const { events } = await client.workflow.getHandle(backfill.workflowId, runId).fetchHistory()
    const started = events?.filter((event) => event.childWorkflowExecutionStartedEventAttributes).length
    const ended = events?.filter(
      (event) => event.childWorkflowExecutionCompletedEventAttributes ?? event.childWorkflowExecutionFailedEventAttributes,
    ).length
    expect(ended).toBe(started)
  }
  const { count } = await client.workflow.count(`TidemarkPipeline = '${pipeline}' AND WorkflowType = 'importPartition'`)
  expect(count).toBe(40)
})
