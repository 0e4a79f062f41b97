import type { Partitions } from '../partitions/partitions.ts'

export const FRESHNESS_STATES = ['loaded', 'held', 'loading', 'waiting', 'late', 'missing', 'not expected'] as const

/**
 * What a partition is, in this order: a load has it in hand (`loading`); the newest version of a file is `held`; its rows are in the table, and as many as
 * are expected (`loaded`). Else it is `not expected` (a day off; taken out by a person; left out by `initial`; or the config does not say when it is due), or
 * `waiting` until it is due and `lateAfter` has gone by, `late` until `missingAfter` has, and then `missing`.
 */
export type FreshnessState = (typeof FRESHNESS_STATES)[number]

export interface PartitionFreshness {
  readonly key: string
  readonly state: FreshnessState
  /**
   * The local time at which its window begins, `2018-01-22T06:00`, in the partitions' time zone. Of a dynamic partition: the date that its key begins with.
   * Null where the key is no date.
   */
  readonly start: string | null
  /** Files that are loaded, and their rows. */
  readonly files: number
  readonly rows: number
  /** When a file of it was loaded last: ISO, UTC. */
  readonly loadedAt: string | null
  /** When it was to be there: ISO, UTC. Told of those that are `waiting` or `late`; `Deadlines` tells it of any. */
  readonly dueAt: string | null
  /** Why it is not loaded though files are, or not expected though its day is. */
  readonly reason: string | null
}

/** What is to come next. */
export interface Next {
  /** Null: any new one, of dynamic partitions with `expect.every`. */
  readonly key: string | null
  readonly state: 'waiting' | 'late' | 'missing'
  /** ISO, UTC. */
  readonly dueAt: string
  readonly lateAt: string
  readonly missingAt: string
}

/** How fresh a pipeline is at one moment. Plain JSON. */
export interface Freshness {
  readonly pipeline: string
  readonly kind: Partitions['kind']
  /** ISO, UTC. */
  readonly at: string
  /**
   * All partitions from the first to the last that is whole, in order of time, and whatever else the ledger knows; dynamic ones by key. Keys that are no
   * partition's, which are held, come last.
   */
  readonly partitions: readonly PartitionFreshness[]
  readonly counts: Readonly<Record<FreshnessState, number>>
  /** Null when nothing is to come, or nobody knows when. */
  readonly next: Next | null
  /** The newest partition that is loaded: by its window, or a dynamic one by when it was loaded first. */
  readonly newest: Newest | null
  /** The next moment at which something becomes late or missing, if nothing comes until then: ISO, UTC. */
  readonly changesAt: string | null
}

export interface Newest {
  readonly key: string
  /** When its window ended: ISO, UTC; null of a dynamic one. */
  readonly endedAt: string | null
  readonly loadedAt: string | null
}

/** What each of the two kinds of partitions comes to. */
export interface Judged {
  readonly partitions: readonly PartitionFreshness[]
  readonly next: Next | null
  readonly newest: Newest | null
  readonly changesMs: number | undefined
}

export function isoOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString()
}
