/** What ledger and claims know of one partition. */
export interface PartitionRecord {
  readonly key: string
  /** Files whose rows are in the table, and their rows. */
  readonly files: number
  readonly rows: number
  /** Files that are there as their newest version says: held; left out as copies; taken out by a person; left out at first by `initial`. */
  readonly held: number
  readonly duplicates: number
  readonly removed: number
  readonly ignored: number
  /** When a file of it was loaded for the first time, and for the last; milliseconds since 1970. */
  readonly firstLoadedMs: number | undefined
  readonly loadedMs: number | undefined
  /** A load has it in hand. */
  readonly claimed: boolean
}

export interface PartitionRecords {
  /** Mostly in the order of their keys: who asks for them so finds them faster. */
  readonly records: readonly PartitionRecord[]
  /** When the pipeline began; milliseconds since 1970. */
  readonly begunMs: number | undefined
}
