import type { FileStatus } from './ledger.ts'

/** What ledger and table say of one path, read at one moment. */
export interface Inventoried {
  /** Null: rows that do not say which file they are of. */
  readonly path: string | null
  readonly newest: Newest | undefined
  /** Of the versions whose rows are to be in the table. */
  readonly loaded: {
    readonly versions: number
    readonly rows: number
    readonly contentHash: string | undefined
    /** Its file was moved or deleted by us, also when a newer version has come since. */
    readonly taken?: boolean
  }
  /** Rows that are in the table. */
  readonly rows: number
  /** Those of them that carry another partition than the version that is loaded. */
  readonly strayRows: number
}

export interface Newest {
  readonly sequence: number
  readonly fingerprint: string
  readonly status: FileStatus
  readonly error: string | null
  readonly contentHash: string | undefined
  /** We moved or deleted the source's file after its load, so that nobody misses it. */
  readonly taken: boolean
  /** Known to be gone from the source. */
  readonly gone: boolean
}
