import type { CheckResult } from '../checks/check.ts'
import type { Decision } from './decision.ts'

export type FileStatus = 'loaded' | 'held' | 'duplicate' | 'ignored' | 'superseded' | 'removed'

/** One version of one path, as `files --json` prints it. */
export interface LedgerEntry {
  readonly pipeline: string
  readonly path: string
  /** 1 for a path's first version. */
  readonly sequence: number
  readonly fingerprint: string
  readonly size: number
  readonly modified_at: string | null
  readonly partition_key: string
  readonly status: FileStatus
  readonly rows: number | null
  readonly rejected_rows: number | null
  readonly content_hash: string | null
  readonly error: string | null
  readonly checks: readonly CheckResult[]
  readonly decision: string | null
  readonly reason: string | null
  readonly decided_at: string | null
  readonly gone_at: string | null
  readonly claim: string | null
  readonly workflow_id: string | null
  readonly run_id: string | null
  readonly code_version: string | null
  readonly first_seen_at: string | null
  readonly settled_at: string | null
  readonly loaded_at: string | null
  readonly decided_by: string | null
  /** A decision without it is open. */
  readonly carried_out_at: string | null
  /** What we do with the source's file after its load: `owed` until it is `done`; null when it is kept. */
  readonly after_load: 'owed' | 'done' | null
  readonly moved_to: string | null
}

/** What a look must know of a path: its newest version, and the bytes whose rows are in the table now. */
export interface Known {
  readonly sequence: number
  /** Empty once the file is gone or was taken away by us: no listed one equals that. */
  readonly fingerprint: string
  readonly status: FileStatus
  readonly partitionKey: string
  readonly rows: number
  readonly error: string | null
  /** Content hash, partition and rows of the version that is loaded now, which may be an older one. */
  readonly loadedHash: string | undefined
  readonly loadedKey: string | undefined
  readonly loadedRows: number
  /** What a person has decided of the newest version, and no load has carried out yet. */
  readonly decision: Decision | undefined
}
