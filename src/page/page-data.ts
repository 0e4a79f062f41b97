import type { BackfillProgress } from '../backfilling/progress.ts'
import type { FreshnessState } from '../freshness/state.ts'

/** What the browser is told: plain JSON, the same for the server and the scripts of the page. Times are ISO, in UTC. */

export type State = FreshnessState

export interface Overview {
  readonly at: string
  readonly pipelines: readonly PipelineLine[]
  /** What a person may have to do something about, the most urgent first. */
  readonly attention: readonly Attention[]
  /** Those that are not in `attention`, because it would be too long. */
  readonly moreAttention: number
  readonly server: ServerNow
}

/** A pipeline at a glance. */
export interface PipelineLine {
  readonly name: string
  readonly kind: string
  readonly table: string
  readonly source: string
  readonly counts: Readonly<Record<State, number>>
  readonly partitions: number
  readonly rows: number
  readonly newest: { readonly key: string; readonly loadedAt: string | null } | null
  readonly next: { readonly key: string | null; readonly state: string; readonly dueAt: string } | null
  /** The last partitions, the oldest first. */
  readonly recent: readonly Cell[]
}

/** One partition, or all of one day. */
export interface Cell {
  /** The partition's key; the day, where it has several partitions. */
  readonly label: string
  /** Of several the one that needs somebody most. */
  readonly state: State
  /** Local, such as `2018-01-22T06:00`; null where the key is no date. */
  readonly start: string | null
  readonly partitions: number
  readonly loaded: number
  readonly files: number
  readonly rows: number
}

export interface Attention {
  readonly pipeline: string
  /** The partition, a range of them, or what else it is about. */
  readonly what: string
  readonly state: State | 'retrying' | 'failing' | 'paused' | 'stopped' | 'missed'
  readonly since: string | null
  readonly reason: string
  /** To be copied. */
  readonly commands: readonly string[]
  /** The partition, or the first of the range; the file. */
  readonly key: string | null
  readonly path: string | null
  readonly webUi: string | null
}

/** What the Temporal server knows. */
export interface ServerNow {
  /** Why it could not be asked; null when it was. */
  readonly error: string | null
  readonly webUi: string | null
  readonly sensors: Readonly<Record<string, SensorNow>>
  readonly schedules: Readonly<Record<string, ScheduleNow>>
  readonly open: readonly OpenRun[]
  /** There are more open runs than those. */
  readonly moreOpen: boolean
}

export interface SensorNow {
  readonly state: 'watching' | 'paused' | 'failing' | 'not running' | 'without a worker'
  readonly sweptAt: string | null
  readonly unsettled: number
  readonly failing: string | null
  /** Why new files are found by listing only. */
  readonly notWatching: string | null
  readonly every: string
  readonly webUi: string | null
}

export interface ScheduleNow {
  readonly state: 'active' | 'paused' | 'not there'
  readonly cron: string
  readonly timezone: string
  readonly nextAt: string | null
  /** What somebody wrote when pausing it. */
  readonly note: string | null
  /** The command that has it go on. */
  readonly unpause: string
  readonly skippedOverlap: number
  readonly missedCatchup: number
  /** Loads what those have left out; to be copied. */
  readonly mend: readonly string[]
  readonly webUi: string | null
}

/** A workflow run that has not ended; sensors are not among them. */
export interface OpenRun {
  readonly type: string
  readonly pipeline: string
  readonly workflowId: string
  readonly partition: string | null
  readonly state: string | null
  readonly since: string
  readonly webUi: string | null
  readonly progress: BackfillProgress | null
}

/** One year of a pipeline. */
export interface Calendar {
  readonly pipeline: string
  readonly kind: string
  readonly year: string | null
  readonly years: readonly string[]
  readonly cells: readonly Cell[]
  /** Keys that are no date: they are in the list alone. */
  readonly undated: number
}

export interface PartitionPage {
  readonly total: number
  readonly page: number
  readonly pages: number
  readonly partitions: readonly PartitionLine[]
}

export interface PartitionLine {
  readonly key: string
  readonly state: State
  readonly files: number
  readonly rows: number
  readonly loadedAt: string | null
  readonly dueAt: string | null
  readonly reason: string | null
}

export interface PartitionDetail {
  readonly pipeline: string
  readonly key: string
  /** Null where neither the config nor the ledger knows it. */
  readonly line: PartitionLine | null
  readonly retrying: { readonly tries: number; readonly error: string; readonly notBefore: string } | null
  readonly files: readonly FileLine[]
  readonly total: number
  readonly page: number
  readonly pages: number
  readonly versions: readonly PartitionVersion[]
  readonly commands: readonly string[]
  readonly webUi: string | null
}

/** The newest version of a path. */
export interface FileLine {
  readonly path: string
  readonly version: number
  readonly status: string
  readonly rows: number | null
  readonly rejected: number | null
  readonly at: string | null
  readonly error: string | null
  readonly gone: boolean
  readonly checks: readonly CheckLine[]
  readonly decision: string | null
  readonly codeVersion: string | null
  readonly runId: string | null
  readonly webUi: string | null
  readonly commands: readonly string[]
}

export interface CheckLine {
  readonly check: string
  readonly passed: boolean
  readonly blocking: boolean
  readonly failed: number
}

/** What a partition was from one moment on. */
export interface PartitionVersion {
  readonly version: number
  readonly at: string
  readonly files: number
  readonly rows: number
  readonly loaded: readonly string[]
  readonly removed: readonly string[]
  readonly codeVersion: string | null
  readonly runId: string | null
  readonly webUi: string | null
}

export interface FileDetail {
  readonly path: string
  readonly versions: readonly FileVersion[]
  /** The first rows that the newest version was not loaded with, or is held for. */
  readonly rejected: readonly {
    readonly line: number | null
    readonly column: string | null
    readonly error: string
    readonly text: string
  }[]
}

export interface FileVersion extends FileLine {
  readonly size: number
  readonly modifiedAt: string | null
  readonly seenAt: string | null
  readonly settledAt: string | null
  readonly fingerprint: string
  readonly contentHash: string | null
}

export interface Ticks {
  readonly schedule: readonly Tick[]
  readonly sensor: readonly Tick[]
  /** Partitions that no tick brings in any more. */
  readonly gaps: readonly {
    readonly from: string
    readonly to: string
    readonly partitions: number
    readonly why: string
    readonly mend: readonly string[]
  }[]
  /** Why there are none, when the server could not be asked. */
  readonly error: string | null
}

/** One look of a sensor, or one tick of a schedule. */
export interface Tick {
  readonly at: string
  readonly until: string | null
  /** In a word: `loaded`, `nothing`, `started`. */
  readonly state: string
  readonly partition: string | null
  /** What it did, or why it did nothing. */
  readonly text: string
  readonly webUi: string | null
}
