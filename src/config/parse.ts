import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { TidemarkError } from '../errors.ts'
import type { Partitions } from '../partitions/partitions.ts'
import { CAPABILITIES } from '../sources/capabilities.ts'
import { describeIssue, expectation } from './describe-issue.ts'
import { expectFaults, toExpect } from './expect.ts'
import { pipelineFaults } from './faults.ts'
import { toInitial } from './initial.ts'
import type { AfterLoad, Config, Pipeline, Schedule } from './pipeline.ts'
import { type CheckedPipeline, configSchema, pipeline as pipelineSchema } from './schema.ts'
import { toSource } from './sources/source.ts'
import { type PartitionsInput, toPartitions } from './time-partitions.ts'

const EVERY_LOCAL_MS = 30_000
const EVERY_REMOTE_MS = 60_000
const SWEEP_EVERY_MS = 3_600_000

/**
 * Checks what a config file exports and fills in its defaults. Every fault is told at once.
 * @throws TidemarkError ConfigInvalid
 */
export function parseConfig(exported: unknown, file: string): Config {
  const parsed = configSchema.safeParse(exported, { error: expectation, reportInput: true })
  const folder = dirname(resolve(file))
  if (!parsed.success) {
    throw invalid(file, [...parsed.error.issues.flatMap(describeIssue), ...faultsOfWellFormed(exported, folder)])
  }
  const entries = Object.entries(parsed.data.pipelines).map(([name, checked]) => ({
    pipeline: toPipeline(name, checked, folder),
    checked,
  }))
  const pipelines = entries.map(({ pipeline }) => pipeline)
  const faults = [...entries.flatMap(faultsOf), ...sharedTables(pipelines)]
  if (faults.length > 0) throw invalid(file, faults)
  return {
    file: resolve(file),
    folder,
    stateFolder: resolve(folder, '.tidemark'),
    warehouse: { kind: 'duckdb', file: resolve(folder, parsed.data.warehouse.file) },
    temporal: parsed.data.temporal,
    alerts: { webhookEnv: parsed.data.alerts.webhook?.env, command: parsed.data.alerts.command },
    pipelines: new Map(pipelines.map((pipeline) => [pipeline.name, pipeline])),
  }
}

const ANY_PIPELINES = z.object({ pipelines: z.record(z.string(), z.unknown()) })

/** Beside one that is not well-formed: what is wrong between the fields of the others, so that nobody has to ask twice. */
function faultsOfWellFormed(exported: unknown, folder: string): string[] {
  const named = ANY_PIPELINES.safeParse(exported)
  return Object.entries(named.data?.pipelines ?? {}).flatMap(([name, pipeline]) => {
    const parsed = pipelineSchema.safeParse(pipeline)
    return parsed.success ? faultsOf({ pipeline: toPipeline(name, parsed.data, folder), checked: parsed.data }) : []
  })
}

function faultsOf({ pipeline, checked }: { readonly pipeline: Pipeline; readonly checked: CheckedPipeline }): string[] {
  return pipelineFaults(pipeline, expectFaults(checked.expect, pipeline))
}

function toPipeline(name: string, checked: CheckedPipeline, folder: string): Pipeline {
  const partitions = toPartitions(checked.partitions satisfies PartitionsInput)
  const [schema, table] = checked.table.includes('.') ? checked.table.split('.') : ['main', checked.table]
  const { sensor } = checked
  const schedule = checked.schedule && toSchedule(checked.schedule, partitions)
  const source = toSource(checked.source, folder)
  return {
    name,
    source,
    partitions,
    initial: toInitial(checked.partitions.initial),
    table: { schema: schema ?? 'main', name: table ?? checked.table },
    columns: checked.columns,
    csv: { ...checked.csv, nullText: [checked.csv.nullText].flat() },
    checks: checked.checks,
    arrival: checked.arrival && {
      files: checked.arrival.files,
      marker: checked.arrival.marker,
      deadlineMs: checked.arrival.deadline,
    },
    onBadRows:
      checked.onBadRows === 'hold' ? 'hold' : { rows: checked.onBadRows.reject.rows, share: checked.onBadRows.reject.share },
    onSchemaChange: checked.onSchemaChange,
    onDeleted: checked.onDeleted,
    onDuplicate: checked.onDuplicate,
    afterLoad: toAfterLoad(checked.afterLoad),
    expect: toExpect(checked.expect, partitions, schedule),
    schedule,
    sensor: sensor && {
      everyMs: sensor.every ?? (CAPABILITIES[source.kind].remote ? EVERY_REMOTE_MS : EVERY_LOCAL_MS),
      sweepEveryMs: sensor.sweepEvery ?? (CAPABILITIES[source.kind].resumes ? SWEEP_EVERY_MS : undefined),
    },
  }
}

function toSchedule(checked: NonNullable<CheckedPipeline['schedule']>, partitions: Partitions): Schedule {
  return {
    cron: checked.cron,
    timezone: checked.timezone ?? (partitions.kind === 'dynamic' ? 'UTC' : partitions.timezone),
    overlap: checked.overlap,
    pauseOnFailure: checked.pauseOnFailure,
    catchupWindowMs: checked.catchupWindow,
    lateAfterMs: checked.lateAfter,
    missingAfterMs: checked.missingAfter,
  }
}

/** Beside the files that are loaded, so that a move is a rename. */
const LOADED_FOLDER = '_loaded'

function toAfterLoad(checked: CheckedPipeline['afterLoad']): AfterLoad {
  if (typeof checked === 'object' && 'tag' in checked) return { kind: 'tag', tags: checked.tag }
  if (typeof checked === 'object') return { kind: 'move', to: checked.move.replace(/\/+$/, '') }
  return checked === 'move' ? { kind: 'move', to: LOADED_FOLDER } : { kind: checked }
}

function sharedTables(pipelines: readonly Pipeline[]): string[] {
  const owner = new Map<string, string>()
  return pipelines.flatMap(({ name, table }) => {
    const key = `${table.schema}.${table.name}`.toLowerCase()
    const first = owner.get(key)
    owner.set(key, first ?? name)
    return first === undefined
      ? []
      : [`pipelines.${name}.table: '${table.name}' is the table of pipeline '${first}'; each pipeline needs a table of its own`]
  })
}

function invalid(file: string, faults: readonly string[]): TidemarkError {
  return new TidemarkError('ConfigInvalid', [`${file} is not a valid config:`, ...faults.map((fault) => `  ${fault}`)].join('\n'))
}
