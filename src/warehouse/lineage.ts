/** Where the rows of a file come from that are in the table now. */
export interface LineageOfFile {
  readonly path: string
  /** 1 for a path's first version. */
  readonly version: number
  readonly rows: number
  /** Of the load that has written the rows; an earlier version's, where this one has the same bytes. */
  readonly rows_of_version: number
  readonly loaded_at: string
  readonly workflow_id: string | null
  readonly run_id: string | null
  readonly code_version: string | null
  readonly fingerprint: string
  readonly content_hash: string | null
}

/** What a partition was from one moment on. */
export interface VersionOfPartition {
  /** 1 for its first load; each later one has restated it. */
  readonly version: number
  readonly changed_at: string
  /** In the table from then on. */
  readonly files: number
  readonly rows: number
  /** Whose rows were written then. */
  readonly loaded: readonly string[]
  /** Whose rows were taken out then. */
  readonly removed: readonly string[]
  /** Null where rows were only taken out. */
  readonly workflow_id: string | null
  readonly run_id: string | null
  readonly code_version: string | null
}

export interface Lineage {
  /** By path. */
  readonly files: readonly LineageOfFile[]
  /** The oldest first. */
  readonly versions: readonly VersionOfPartition[]
}
