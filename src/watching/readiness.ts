import type { Sighting } from '../sources/sightings.ts'

/** What one turn of the sensor wants to know. */
export interface Look {
  readonly leaveOut: (key: string) => boolean
  readonly alsoPostponed: boolean
  readonly signal: AbortSignal
}

/** A partition with files that have settled and are not up to date, or that are not found any more. */
export interface Ready {
  readonly key: string
  readonly hints: readonly Sighting[]
  readonly absent?: readonly string[]
}

export interface Readiness {
  readonly partitions: readonly Ready[]
  /** Too many to name: a batch finds them itself. */
  readonly many: boolean
}

export const NOTHING: Readiness = { partitions: [], many: false }
export const MANY: Readiness = { partitions: [], many: true }

export interface SweepReport {
  readonly at: Date
  /** Files whose key is a partition's, or held as none. */
  readonly files: number
  /** Of these, those that were new or had changed where listings that are resumed do not look; undefined where none is. */
  readonly late: number | undefined
}
