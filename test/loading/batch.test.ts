import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { localFolder } from '../../src/config/define.ts'
import { batchId, partitionId, searchAttributes } from '../../src/names.ts'
import type { Run } from '../../src/warehouse/claim.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

const QUICK = { source: localFolder('source', { files: '{partition}.csv', settle: '50ms' }) }

async function importAll(running: Running) {
  const batch = await running.tidemark.startAll(running.pipeline)
  return await batch.result()
}

/** Resolves when something has come to it, and lets it go on when it is opened. */
class Barrier {
  readonly #waiting: (() => void)[] = []
  #open = false
  get reached(): boolean {
    return this.#waiting.length > 0
  }
  pass(): Promise<void> {
    return new Promise((resolve) => (this.#open ? resolve() : this.#waiting.push(resolve)))
  }
  open(): void {
    this.#open = true
    for (const resolve of this.#waiting) resolve()
  }
}

/** A run of this pipeline that is open until the test's end: nobody works on it. */
async function openRun({ client, pipeline }: Running): Promise<Run> {
  const workflowId = partitionId(pipeline, 'parked')
  const { firstExecutionRunId: runId } = await client.workflow.start('importPartition', {
    workflowId,
    taskQueue: `${pipeline}-nobody`,
    args: [{ pipeline, partition: 'parked' }],
    typedSearchAttributes: searchAttributes(pipeline, 'manual', 'loading', 'parked'),
  })
  return { workflowId, runId }
}

async function claimFor({ worker, workspace }: Running, run: Run, ...keys: string[]): Promise<void> {
  await worker.warehouse.claim({ pipeline: workspace.settings, keys, claim: randomUUID(), run, over: 'any' })
}

test('many partitions are loaded by one run in chunks; bad files among them are held and keep nothing back; again is nothing to do', async () => {
  await using workspace = await Workspace.create(QUICK)
  const bad = { 'd0100.csv': 'no header\n', 'd0500.csv': prices(0), 'd0501.csv': '' }
  for (let day = 0; day < 513; day++) await workspace.drop(`d${String(day).padStart(4, '0')}.csv`, prices(day + 1))
  for (const [name, content] of Object.entries(bad)) await workspace.drop(name, content)
  await using running = await Running.start(workspace)
  expect(await importAll(running)).toEqual({ loaded: 510, held: 3, rows: 510 })
  expect(running.said.loads.map(({ files }) => files)).toEqual([499, 11])
  const [table] = await running.rows(
    'SELECT count(*)::INTEGER AS rows, count(DISTINCT _tidemark_partition)::INTEGER AS partitions, sum(share_price) AS prices FROM prices',
  )
  expect(table).toEqual({ rows: 510, partitions: 510, prices: (513 * 514) / 2 - 101 - 501 - 502 })
  const held = (await running.ledger()).filter(({ status }) => status === 'held')
  expect(held.map(({ path }) => path)).toEqual(Object.keys(bad))
  expect(running.said.told).toMatchObject([{ what: 'held', count: 3 }])
  expect(await importAll(running)).toEqual({ loaded: 0, held: 0, rows: 0 })
  expect(running.said.told).toHaveLength(1)
  expect(await running.rows('SELECT * FROM tidemark.claims')).toEqual([])
})

test('a batch ends in the same state as an import of each partition', async () => {
  const source = localFolder('source', { files: '{partition}/*.csv', settle: '50ms' })
  const steps: Record<string, string>[] = [
    { 'a/1.csv': prices(1), 'a/2.csv': prices(0), 'b/1.csv': prices(3, 4), 'c/1.csv': 'no header\n' },
    { 'a/1.csv': prices(9), 'a/2.csv': prices(2), 'b/1.csv': prices(3, 4), 'c/1.csv': `${prices(5)}1,2\n` },
  ]
  const endState = async (load: (running: Running) => Promise<unknown>) => {
    await using workspace = await Workspace.create({ source })
    await using running = await Running.start(workspace)
    for (const files of steps) {
      for (const [name, content] of Object.entries(files)) await workspace.drop(name, content)
      await load(running)
    }
    const { rows } = await running.worker.warehouse.query('SELECT * FROM prices ORDER BY _tidemark_file, date')
    const ledger = (await running.ledger()).map(({ path, sequence, status, rows, error, checks, content_hash }) => {
      return { path, sequence, status, rows, error, checks, content_hash }
    })
    return { rows, ledger, claims: await running.rows('SELECT * FROM tidemark.claims') }
  }
  const byBatch = await endState(importAll)
  const oneByOne = await endState(({ tidemark, pipeline }) =>
    Promise.allSettled(['a', 'b', 'c'].map((key) => tidemark.importPartition(pipeline, key))),
  )
  expect(byBatch).toEqual(oneByOne)
  expect(byBatch.rows).toHaveLength(4)
  expect(byBatch.ledger.map(({ path, sequence, status }) => `${path}#${sequence} ${status}`)).toEqual([
    'a/1.csv#1 superseded',
    'a/1.csv#2 loaded',
    'a/2.csv#1 held',
    'a/2.csv#2 loaded',
    'b/1.csv#1 superseded',
    'b/1.csv#2 loaded',
    'c/1.csv#1 held',
    'c/1.csv#2 held',
  ])
})

test('a batch leaves out a partition that a live import has claimed, which publishes it', async () => {
  await using workspace = await Workspace.create(QUICK)
  await workspace.drop('a.csv', prices(1))
  const staged = new Barrier()
  await using running = await Running.start(workspace, {
    onStep: (step) => (step === 'staged' && !staged.reached ? staged.pass() : undefined),
  })
  const single = await running.tidemark.startPartition(running.pipeline, 'a')
  await until('the import to have staged its file', () => staged.reached)
  await workspace.drop('b.csv', prices(2))
  expect(await importAll(running)).toEqual({ loaded: 1, held: 0, rows: 1 })
  expect(await running.sharePrices()).toEqual({ 'b.csv': [2] })
  staged.open()
  expect(await single?.result()).toMatchObject({ state: 'loaded', rows: 1 })
  expect((await running.ledger()).map(({ path, workflow_id }) => [path, workflow_id])).toEqual([
    ['a.csv', partitionId(running.pipeline, 'a')],
    ['b.csv', batchId(running.pipeline)],
  ])
})

test('a batch takes over the claims of runs that have ended, or that the server does not know, and of no others', async () => {
  await using workspace = await Workspace.create(QUICK)
  for (const key of ['ended', 'unknown', 'live']) await workspace.drop(`${key}.csv`, prices(1))
  await using running = await Running.start(workspace)
  const { pipeline } = running
  const ended = await running.tidemark.startPartition(pipeline, 'nothing-there')
  if (ended === undefined) throw new Error('expected no other run')
  await ended.result()
  await claimFor(running, { workflowId: ended.workflowId, runId: ended.firstExecutionRunId }, 'ended')
  await claimFor(running, { workflowId: `${pipeline}/never`, runId: randomUUID() }, 'unknown')
  await claimFor(running, await openRun(running), 'live')
  expect(await importAll(running)).toEqual({ loaded: 2, held: 0, rows: 2 })
  expect(Object.keys(await running.sharePrices())).toEqual(['ended.csv', 'unknown.csv'])
  const claims = await running.rows('SELECT partition_key, workflow_id FROM tidemark.claims')
  expect(claims).toEqual([{ partition_key: 'live', workflow_id: partitionId(pipeline, 'parked') }])
})

test('who asks while a batch runs has it pass once more, in the same run, over what its own lost tries have claimed', async () => {
  await using workspace = await Workspace.create(QUICK)
  await workspace.drop('claimed.csv', prices(1))
  const looked = new Barrier()
  await using running = await Running.start(workspace, {
    onStep: (step) => (step === 'looked' ? looked.pass() : undefined),
  })
  // A pass that has nothing to do would be the last one.
  await claimFor(running, await openRun(running), 'claimed')
  const first = await running.tidemark.startAll(running.pipeline)
  await until('the pass to have looked', () => looked.reached)
  await claimFor(running, { workflowId: first.workflowId, runId: first.signaledRunId }, 'news')
  await workspace.drop('news.csv', prices(2))
  const second = await running.tidemark.startAll(running.pipeline)
  expect(second.signaledRunId).toBe(first.signaledRunId)
  looked.open()
  expect(await second.result()).toEqual({ loaded: 1, held: 0, rows: 1 })
  expect(await running.sharePrices()).toEqual({ 'news.csv': [2] })
})
