import { TidemarkError } from '../errors.ts'
import type { Found } from './found.ts'
import type { Wanted } from './wanted.ts'

export type Change = 'create' | 'update' | 'replace' | 'keep' | 'remove' | 'left'

export interface Planned {
  readonly change: Change
  readonly kind: 'schedule' | 'sensor'
  readonly pipeline: string
  /** What a person should know of it. */
  readonly note: string
  readonly paused: boolean
}

export interface Server {
  readonly schedules: ReadonlyMap<string, Found>
  readonly sensors: ReadonlyMap<string, Found>
  /** Pipelines that have something of ours on the server. */
  readonly own: { readonly schedules: readonly string[]; readonly sensors: readonly string[] }
}

export interface PlanOptions {
  readonly identity: string
  readonly prune: boolean
  /** Replaces what other configs have under our names. */
  readonly takeOver: boolean
}

/** What must change so that the server has what the config asks for, and nothing else is touched. Pure. */
export function plan(wanted: readonly Wanted[], server: Server, options: PlanOptions): Planned[] {
  const planned = wanted.flatMap((pipeline) => [
    ...planSchedule(pipeline, server, options),
    ...planSensor(pipeline, server, options),
  ])
  return [...planned, ...planLeft('schedule', wanted, server, options), ...planLeft('sensor', wanted, server, options)]
}

function planSchedule(
  { pipeline, schedule, definition, summary = '' }: Wanted,
  { schedules }: Server,
  options: PlanOptions,
): Planned[] {
  if (schedule === undefined) return []
  const found = schedules.get(pipeline)
  const paused = found?.paused ?? false
  const planned = (change: Change) => [
    { change, kind: 'schedule' as const, pipeline, note: paused ? `${summary}, paused` : summary, paused },
  ]
  if (found === undefined) return planned('create')
  if (!belongsTo(found, options, 'schedule', pipeline)) return planned('replace')
  return planned(found.definition === definition ? 'keep' : 'update')
}

function planSensor({ pipeline, sensor }: Wanted, { sensors }: Server, options: PlanOptions): Planned[] {
  if (!sensor) return []
  const found = sensors.get(pipeline)
  const planned = (change: Change) => [{ change, kind: 'sensor' as const, pipeline, note: '', paused: false }]
  if (found === undefined) return planned('create')
  return planned(belongsTo(found, options, 'sensor', pipeline) ? 'keep' : 'replace')
}

/** What is ours and not in the config any more. */
function planLeft(kind: Planned['kind'], wanted: readonly Wanted[], { own }: Server, { prune }: PlanOptions): Planned[] {
  const names = kind === 'schedule' ? own.schedules : own.sensors
  const asked = new Set(
    wanted
      .filter(({ schedule, sensor }) => (kind === 'schedule' ? schedule !== undefined : sensor))
      .map(({ pipeline }) => pipeline),
  )
  return names
    .filter((name) => !asked.has(name))
    .map((pipeline) => ({
      change: prune ? 'remove' : 'left',
      kind,
      pipeline,
      note: 'not in the config; --prune removes it',
      paused: false,
    }))
}

function belongsTo({ identity }: Found, options: PlanOptions, kind: string, pipeline: string): boolean {
  if (identity === options.identity) return true
  if (options.takeOver) return false
  const whose = identity === undefined ? 'was not made by Tidemark' : 'belongs to a config with another warehouse'
  throw new TidemarkError(
    'UsageError',
    `the ${kind} of pipeline '${pipeline}' ${whose} in this namespace; rename the pipeline, use another namespace, or replace it with \`tidemark apply --take-over\``,
  )
}
