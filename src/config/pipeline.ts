import type { Check } from '../checks/check.ts'
import type { Expect } from '../freshness/expect.ts'
import type { Partitions } from '../partitions/partitions.ts'
import type { SourceConfig } from './sources/source.ts'

/** A config after validation: every default filled in, every path absolute, every duration in milliseconds. */
export interface Config {
  /** The config file itself, or the folder it would lie in. */
  readonly file: string
  readonly folder: string
  /** `.tidemark` beside the config: the server's database, staged files, what runs. */
  readonly stateFolder: string
  readonly warehouse: { readonly kind: 'duckdb'; readonly file: string }
  readonly temporal: { readonly namespace: string; readonly taskQueue: string }
  readonly alerts: Alerts
  readonly pipelines: ReadonlyMap<string, Pipeline>
}

export interface Pipeline {
  readonly name: string
  readonly source: SourceConfig
  readonly partitions: Partitions
  readonly initial: Initial
  readonly table: TableName
  /** Column name to DuckDB type, in the table's order. */
  readonly columns: Readonly<Record<string, string>>
  readonly csv: Csv
  readonly checks: readonly Check[]
  /** When a partition of many files may be loaded; undefined: each file as it comes. */
  readonly arrival: Arrival | undefined
  readonly onBadRows: 'hold' | RejectLimits
  readonly onSchemaChange: 'freeze' | 'addColumns' | 'rescue'
  readonly onDeleted: 'keep' | 'remove' | 'alert'
  readonly onDuplicate: 'load' | 'skip' | 'hold'
  readonly afterLoad: AfterLoad
  /** When partitions are to be there; undefined: nobody knows. */
  readonly expect?: Expect | undefined
  readonly schedule?: Schedule | undefined
  readonly sensor?: Sensor | undefined
}

export interface Sensor {
  readonly everyMs: number
  /** How often all of a source is listed that else is listed from its last names on; undefined: it is always listed whole. */
  readonly sweepEveryMs: number | undefined
}

/** What becomes of files that are there before a pipeline begins, and in which steps many are loaded. */
export interface Initial {
  /** All are loaded; none; or those that were modified at this time or later. The others are left out until they change. */
  readonly since: 'all' | 'none' | Date
  /** In which order a batch takes partitions: by their time, or else by the time that their files were modified; undefined: by their keys. */
  readonly order: 'oldest' | 'newest' | undefined
  /** How many files it takes in one step at the most; those of one partition stay together. */
  readonly atOnce: number
}

export interface TableName {
  readonly schema: string
  readonly name: string
}

/** Whichever comes first of `deadline`, counted from the partition's first file, and the other one. */
export interface Arrival {
  readonly files: number | undefined
  /** The path of a file that says that the partition is complete, with the partition in it as in `files`. */
  readonly marker: string | undefined
  readonly deadlineMs: number | undefined
}

/** A file with more bad rows than one of these allows is held. */
export interface RejectLimits {
  readonly rows: number | undefined
  readonly share: number | undefined
}

/** `to` is a folder, relative to the source's. */
export type AfterLoad =
  | { readonly kind: 'keep' | 'delete' }
  | { readonly kind: 'move'; readonly to: string }
  | { readonly kind: 'tag'; readonly tags: Readonly<Record<string, string>> }

/** Where people are told. The webhook's address is the value of an environment variable. */
export interface Alerts {
  readonly webhookEnv: string | undefined
  readonly command: readonly string[] | undefined
}

export interface Csv {
  readonly delimiter: string
  readonly quote: string
  readonly escape: string
  /** False: the first line is data, and columns are taken by position. */
  readonly header: boolean
  /** Texts that mean "no value", besides the empty cell. */
  readonly nullText: readonly string[]
  readonly dateFormat?: string | undefined
  readonly timestampFormat?: string | undefined
}

export interface Schedule {
  readonly cron: string
  readonly timezone: string
  readonly overlap: 'ALLOW_ALL' | 'SKIP' | 'BUFFER_ONE' | 'BUFFER_ALL' | 'CANCEL_OTHER' | 'TERMINATE_OTHER'
  readonly pauseOnFailure: boolean
  readonly catchupWindowMs: number
  readonly lateAfterMs: number
  readonly missingAfterMs: number
}
