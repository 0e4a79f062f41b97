import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Context } from '@temporalio/activity'
import { ScheduleOverlapPolicy } from '@temporalio/client'
import { startBatch } from '../../src/client/start.ts'
import { daily, duckdb, localFolder } from '../../src/config/define.ts'
import { parseConfig } from '../../src/config/parse.ts'
import type { Config } from '../../src/config/pipeline.ts'
import { batchId, STATUS } from '../../src/names.ts'
import { apply } from '../../src/schedules/apply.ts'
import { endOnServer } from '../cli/clean-up.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { pipelineInput, Workspace } from '../harness/workspace.ts'
import { RARELY } from '../scheduled/ticks.ts'

/** Loads at a time, by the docs. */
const LOAD_SLOTS = 4
const CHUNK = 500
const DAY_MS = 86_400_000

/** The latest whole day is 0: what a tick that is triggered now loads. */
function dayOf(daysBefore: number): string {
  return new Date(Date.now() - (daysBefore + 1) * DAY_MS).toISOString().slice(0, 10)
}

/** Pipelines of days in one config: each with a folder, a sensor that looks rarely, and a schedule that is not due by itself. */
async function severalIn(workspace: Workspace, count: number): Promise<{ names: string[]; config: Config }> {
  const names = Array.from({ length: count }, (_, at) => `${workspace.pipeline}_${at}`)
  for (const name of names) await mkdir(join(workspace.folder, name))
  const pipelines = names.map((name) => [
    name,
    pipelineInput({
      source: localFolder(name, { files: '{partition}.csv', settle: '0s' }),
      partitions: daily({ start: '2010-01-01', initial: { atOnce: CHUNK } }),
      table: name,
      sensor: { every: '1h' },
      schedule: { cron: RARELY },
    }),
  ])
  const { temporal } = workspace.config
  const config = { warehouse: duckdb('warehouse.duckdb'), temporal, pipelines: Object.fromEntries(pipelines) }
  return { names, config: parseConfig(config, join(workspace.folder, 'tidemark.config.ts')) }
}

async function dropDays(workspace: Workspace, name: string, count: number): Promise<void> {
  for (let day = 0; day < count; day++) await writeFile(join(workspace.folder, name, `${dayOf(day)}.csv`), prices(day + 1))
}

/** Where loads stop that are a batch's, until it is opened; the others pass. */
class Barrier {
  readonly stopped = new Set<string>()
  open: () => void = () => undefined
  readonly #opened = new Promise<void>((resolve) => {
    this.open = resolve
  })

  pass(): Promise<void> | undefined {
    const { activityType, workflowExecution } = Context.current().info
    if (activityType !== 'loadBatchPass') return undefined
    this.stopped.add(workflowExecution?.workflowId ?? '')
    return this.#opened
  }
}

/** How the tick of now ends. */
async function tick({ client }: Running, pipeline: string): Promise<string | undefined> {
  await client.schedule.getHandle(pipeline).trigger(ScheduleOverlapPolicy.ALLOW_ALL)
  const query = `TidemarkPipeline = '${pipeline}' AND WorkflowType = 'scheduledPartition' AND ExecutionStatus != 'Running'`
  return until(`the end of the tick of ${pipeline}`, async () => {
    for await (const { typedSearchAttributes } of client.workflow.list({ query })) return typedSearchAttributes.get(STATUS)
    return undefined
  })
}

test('in the middle of a burst of 2,000 files a person’s import and a tick come through, of the same pipeline and of another', async () => {
  await using workspace = await Workspace.create()
  const { names, config } = await severalIn(workspace, 2)
  const [burst = '', other = ''] = names
  await dropDays(workspace, burst, 4 * CHUNK)
  await dropDays(workspace, other, 2)
  const barrier = new Barrier()
  let chunks = 0
  await using running = await Running.start(workspace, {
    config,
    onStep: (step) => {
      const ofBatch = Context.current().info.activityType === 'loadBatchPass'
      return ofBatch && step === 'looked again' && ++chunks >= 2 ? barrier.pass() : undefined
    },
  })
  try {
    await apply({ client: running.client, config, identity: await running.worker.warehouse.identity() })
    await until('the second chunk', () => barrier.stopped.has(batchId(burst)))
    const { tidemark } = running
    // Of the burst these are in the last chunk, and the tick's day is among them.
    expect(await tidemark.importPartition(burst, dayOf(1))).toMatchObject({ state: 'loaded', rows: 1 })
    expect(await tidemark.importPartition(other, dayOf(1))).toMatchObject({ state: 'loaded', rows: 1 })
    expect(await Promise.all([tick(running, burst), tick(running, other)])).toEqual(['loaded', 'loaded'])
    const batch = running.client.workflow.getHandle(batchId(burst))
    expect((await batch.describe()).status.name).toBe('RUNNING')
    expect((await running.worker.warehouse.counts(burst)).loaded).toBe(CHUNK + 2)
    barrier.open()
    await until('all of them', async () => (await running.worker.warehouse.counts(burst)).loaded === 4 * CHUNK)
    const [counted] = await running.rows(
      `SELECT count(*)::INTEGER AS rows, count(DISTINCT _tidemark_file)::INTEGER AS files FROM "${burst}"`,
    )
    expect(counted).toEqual({ rows: 4 * CHUNK, files: 4 * CHUNK })
  } finally {
    barrier.open()
    await endOnServer(names)
  }
})

test('bursts of more pipelines than there are loads at a time leave room for a person’s import and for a tick', async () => {
  await using workspace = await Workspace.create()
  const { names, config } = await severalIn(workspace, LOAD_SLOTS + 2)
  const [quiet = '', ...bursts] = names
  for (const name of bursts) await dropDays(workspace, name, 3)
  await dropDays(workspace, quiet, 2)
  const barrier = new Barrier()
  await using running = await Running.start(workspace, {
    config,
    onStep: (step) => (step === 'claimed' ? barrier.pass() : undefined),
  })
  const { client, tidemark } = running
  try {
    const batches = await Promise.all(
      bursts.map((pipeline) => startBatch(client, { pipeline, taskQueue: config.temporal.taskQueue, trigger: 'manual' })),
    )
    await until('as many of them as can run', () => barrier.stopped.size >= 2)
    await apply({ client, config, identity: await running.worker.warehouse.identity() })
    expect(await tidemark.importPartition(quiet, dayOf(1))).toMatchObject({ state: 'loaded', rows: 1 })
    expect(await tick(running, quiet)).toBe('loaded')
    for (const batch of batches) expect((await batch.describe()).status.name).toBe('RUNNING')
    barrier.open()
    await Promise.all(batches.map((batch) => batch.result()))
    for (const name of bursts) expect((await running.worker.warehouse.counts(name)).loaded).toBe(3)
  } finally {
    barrier.open()
    await endOnServer(names)
  }
})
