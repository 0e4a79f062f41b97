import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { SensorStatus } from '../../workflows/sensor.ts'
import { openImports } from '../client/open-imports.ts'
import { startBatch } from '../client/start.ts'
import type { Config, Pipeline } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'
import { ensureBegun } from '../loading/begin.ts'
import { type OpenPipeline, OpenPipelines } from '../loading/open-pipelines.ts'
import { sensorId } from '../names.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Display } from './display.ts'
import { DONE, type ExitCode, FAILED } from './exit-code.ts'
import { OnceProgress } from './once-progress.ts'
import { Patience } from './patience.ts'
import { Surveyor } from './survey.ts'
import { isWell, surveyLines } from './survey-lines.ts'

interface OnceOptions {
  readonly config: Config
  readonly client: Client
  readonly warehouse: Warehouse
  readonly display: Display
  /** As it was typed. */
  readonly named: string | undefined
  /** Nobody waits any more. */
  readonly signal: AbortSignal
}

const LOOK_EVERY_MS = 250
/** What has failed this often is told, and left to the next run. */
const TRIES = 3

/** Waits until a complete sweep of each source finds nothing that is left to do, then says how things are. */
export async function finish(options: OnceOptions): Promise<ExitCode> {
  const { config, warehouse, display } = options
  const surveyor = new Surveyor(config, warehouse)
  const pipelines = new OpenPipelines(config)
  const ends = await Promise.all(
    [...config.pipelines.values()].map(async (pipeline) => {
      await firstSweep(pipelines.get(pipeline.name), config, warehouse)
      return finishPipeline(pipeline, surveyor, options)
    }),
  )
  display.end(
    ends.flatMap(({ survey, paused }) => surveyLines(survey, paused, { config: options.named })),
    ends.map(({ survey, paused }) => ({ ...survey, paused })),
  )
  return ends.every(({ survey, paused }) => !paused && isWell(survey)) ? DONE : FAILED
}

/** What is there by now was there at first, also when the sensor is not as far: what comes later must not be left out by the next `up`. */
async function firstSweep(open: OpenPipeline, { stateFolder }: Config, warehouse: Warehouse): Promise<void> {
  const run = { workflowId: sensorId(open.pipeline.name), runId: '' }
  try {
    const context = { warehouse, stagingFolder: join(stateFolder, 'staging') }
    await ensureBegun(context, { open, run, signal: new AbortController().signal })
  } catch (error) {
    if (!(error instanceof TidemarkError && error.code === 'SourceUnavailable')) throw error // the survey tells of that
  }
}

async function finishPipeline(pipeline: Pipeline, surveyor: Surveyor, { config, client, display, signal }: OnceOptions) {
  const { name, source } = pipeline
  const patience = new Patience(source.settleMs, pipeline.sensor !== undefined)
  const progress = new OnceProgress()
  let triesBefore: ReadonlyMap<string, number> | undefined
  let first = true
  for (let sourceFailures = 0; ; ) {
    const { survey, waiting } = await surveyor.look(name)
    signal.throwIfAborted()
    const shown = progress.look(survey)
    if (shown !== undefined) display.show(shown)
    const paused = pipeline.sensor !== undefined && (await isPaused(client, name))
    sourceFailures = survey.sourceError === null ? 0 : sourceFailures + 1
    const busy = (await openImports(client, name)) > 0
    if (first && !paused && survey.sourceError === null && survey.owed.some(({ error }) => error !== null)) {
      first = false
      // What could not be moved or deleted before is tried once more.
      const batch = await startBatch(client, { pipeline: name, taskQueue: config.temporal.taskQueue, trigger: 'manual' })
      await batch.result().catch(() => undefined) // the next look says what is left
      continue
    }
    first = false
    const untried = survey.owed.filter(({ error }) => error === null)
    const { waitedFor, neglected } = patience.look([...waiting, ...untried], busy)
    triesBefore ??= new Map(survey.retrying.map(({ key, tries }) => [key, tries]))
    const retried = survey.retrying.filter(({ key, tries }) => tries < TRIES || tries === triesBefore?.get(key))
    const left = waitedFor.length > 0 || retried.length > 0
    if (paused || sourceFailures >= TRIES || (survey.sourceError === null && !left)) return { survey, paused }
    const triedAgain = pipeline.sensor === undefined && retried.some(({ notBefore }) => notBefore <= new Date())
    if (!busy && (neglected.length > 0 || triedAgain)) {
      patience.asked(neglected)
      await startBatch(client, { pipeline: name, taskQueue: config.temporal.taskQueue, trigger: 'manual' })
    }
    await delay(LOOK_EVERY_MS, undefined, { signal })
  }
}

export async function isPaused(client: Client, pipeline: string): Promise<boolean> {
  return (await client.workflow.getHandle(sensorId(pipeline)).query<SensorStatus>('status')).state === 'paused'
}
