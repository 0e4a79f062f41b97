import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { SensorStatus } from '../../workflows/sensor.ts'
import { startBatch } from '../client/start.ts'
import type { Config, Pipeline } from '../config/pipeline.ts'
import { counted } from '../counted.ts'
import { PIPELINE, sensorId } from '../names.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { DONE, type ExitCode, FAILED } from './exit-code.ts'
import { oneLine, print } from './output.ts'
import { type Survey, Surveyor } from './survey.ts'

interface OnceOptions {
  readonly config: Config
  readonly client: Client
  readonly warehouse: Warehouse
}

const LOOK_EVERY_MS = 250
/** A file that has not settled after this many times `settle` is still being written: it is told, not waited for. */
const SETTLES = 10
/** Below this a short `settle` would leave no time for the load itself. */
const LEAST_PATIENCE_MS = 10_000
/** How long a sensor has for a file that has settled. After a `kill -9` the server takes its last turn for one that goes on, and it is deaf. */
const SENSOR_PATIENCE_MS = 5_000
/** What has failed this often is told, and left to the next run. */
const TRIES = 3

/** Waits until a complete sweep of each source finds nothing that is left to do, then says how things are. */
export async function finish({ config, client, warehouse }: OnceOptions): Promise<ExitCode> {
  const surveyor = new Surveyor(config, warehouse)
  const ends = await Promise.all(
    [...config.pipelines.values()].map((pipeline) => finishPipeline(pipeline, surveyor, config, client)),
  )
  for (const { survey, paused } of ends) for (const line of surveyLines(survey, paused)) print(line)
  return ends.every(({ survey, paused }) => !paused && isWell(survey)) ? DONE : FAILED
}

async function finishPipeline(pipeline: Pipeline, surveyor: Surveyor, config: Config, client: Client) {
  const { name, source } = pipeline
  const patienceMs = Math.max(SETTLES * source.settleMs, LEAST_PATIENCE_MS)
  const watched = new Map<string, number>()
  let triesBefore: ReadonlyMap<string, number> | undefined
  for (let sourceFailures = 0; ; ) {
    const survey = await surveyor.survey(name)
    const paused = pipeline.sensor !== undefined && (await isPaused(client, name))
    sourceFailures = survey.sourceError === null ? 0 : sourceFailures + 1
    const now = performance.now()
    for (const path of survey.unsettledPaths) if (!watched.has(path)) watched.set(path, now)
    const watchedMs = survey.unsettledPaths.map((path) => now - (watched.get(path) ?? now))
    const waitedFor = watchedMs.filter((ms) => ms < patienceMs)
    const busy = await worksOn(client, name)
    triesBefore ??= new Map(survey.retrying.map(({ key, tries }) => [key, tries]))
    const retried = survey.retrying.filter(({ key, tries }) => tries < TRIES || tries === triesBefore?.get(key))
    const unsettled = survey.unsettled > 0 && (waitedFor.length > 0 || busy)
    const left = unsettled || retried.length > 0
    if (paused || sourceFailures >= TRIES || (survey.sourceError === null && !left)) return { survey, paused }
    const due = unsettled || retried.some(({ notBefore }) => notBefore <= new Date())
    const deaf = pipeline.sensor === undefined || watchedMs.some((ms) => ms > source.settleMs + SENSOR_PATIENCE_MS)
    if (deaf && !busy && due)
      await startBatch(client, { pipeline: name, taskQueue: config.temporal.taskQueue, trigger: 'manual' })
    await delay(LOOK_EVERY_MS)
  }
}

/** Whether an import or a batch of the pipeline is open. The list may be a second behind. */
async function worksOn(client: Client, pipeline: string): Promise<boolean> {
  const { count } = await client.workflow.count(
    `${PIPELINE.name} = ${JSON.stringify(pipeline)} AND ExecutionStatus = 'Running' AND WorkflowType IN ('importPartition', 'importBatch')`,
  )
  return count > 0
}

export async function isPaused(client: Client, pipeline: string): Promise<boolean> {
  return (await client.workflow.getHandle(sensorId(pipeline)).query<SensorStatus>('status')).state === 'paused'
}

export function isWell({ held, unsettled, retrying, missing, sourceError }: Survey): boolean {
  return held === 0 && unsettled === 0 && retrying.length === 0 && missing.length === 0 && sourceError === null
}

export const pausedText = (pipeline: string) => `the sensor is paused; \`tidemark sensor resume ${pipeline}\` goes on`

const LISTED = 5

/** How a pipeline is, for people: a line with counts, then a line for each thing that is not well. */
export function surveyLines(survey: Survey, paused: boolean, sensor?: string): string[] {
  const { pipeline, loaded, rows, held, unsettled, unsettledPaths, retrying, missing, sourceError } = survey
  const counts = [
    `${counted(loaded, 'file')} loaded (${counted(rows, 'row')})`,
    `${held} held`,
    `${unsettled} unsettled`,
    `${retrying.length} retrying`,
    `${missing.length} missing`,
  ]
  const lines = [`${pipeline}: ${counts.join(', ')}${sensor === undefined ? '' : `; sensor ${sensor}`}`]
  if (sourceError !== null) lines.push(`  source: ${sourceError}`)
  if (paused) lines.push(`  ${pausedText(pipeline)}`)
  if (held > 0) lines.push(`  held: \`tidemark files ${pipeline}\` lists them, \`tidemark explain FILE\` says why`)
  for (const path of unsettledPaths.slice(0, LISTED)) lines.push(`  unsettled: ${path}`)
  for (const { key, tries, error, notBefore } of retrying.slice(0, LISTED)) {
    lines.push(`  retrying: ${key} failed ${tries} times (${error}); next try ${notBefore.toISOString()}`)
  }
  if (missing.length > 0) lines.push(`  missing: ${missing.slice(0, LISTED).join(', ')}${missing.length > LISTED ? ', …' : ''}`)
  return lines.map(oneLine)
}
