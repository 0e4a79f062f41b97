import type { Check } from '../checks/check.ts'
import type { Partitions } from '../partitions/partitions.ts'

/** A config after validation: every default filled in, every path absolute, every duration in milliseconds. */
export interface Config {
  /** The config file itself, or the folder it would lie in. */
  readonly file: string
  readonly folder: string
  /** `.tidemark` beside the config: the server's database, staged files, what runs. */
  readonly stateFolder: string
  readonly warehouse: { readonly kind: 'duckdb'; readonly file: string }
  readonly temporal: { readonly namespace: string; readonly taskQueue: string }
  readonly pipelines: ReadonlyMap<string, Pipeline>
}

export interface Pipeline {
  readonly name: string
  readonly source: LocalFolder
  readonly partitions: Partitions
  readonly table: TableName
  /** Column name to DuckDB type, in the table's order. */
  readonly columns: Readonly<Record<string, string>>
  readonly csv: Csv
  readonly checks: readonly Check[]
  readonly schedule?: Schedule | undefined
  readonly sensor?: { readonly everyMs: number } | undefined
}

export interface TableName {
  readonly schema: string
  readonly name: string
}

export interface LocalFolder {
  readonly kind: 'local'
  readonly folder: string
  readonly files: string
  readonly settleMs: number
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
