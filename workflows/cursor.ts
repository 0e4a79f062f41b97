import type { Sighting } from '../src/sources/sightings.ts'
import type { Mark } from '../src/watching/mark.ts'

/** What the sensor carries by continue-as-new. Plain JSON and small, however many files there are. */
export interface Cursor {
  readonly version: 1
  readonly sweptAt: string | null
  /** From where a new worker may go on with the listing; null: it must list everything. */
  readonly mark: Mark | null
  /** The files that have been watched for longest and have not settled; others settle anew: later, never early. */
  readonly sightings: readonly Sighting[]
  /** Workflow ids of imports that were started and have not been seen to close. */
  readonly inFlight: readonly string[]
  readonly paused: boolean
  /** The first sweep is done, as far as the sensor knows. The warehouse is what says so, and may have been lost. */
  readonly begun: boolean
  /** Why the source cannot be listed, as people were told. */
  readonly failing: string | null
}

export const NO_CURSOR: Cursor = {
  version: 1,
  sweptAt: null,
  mark: null,
  sightings: [],
  inFlight: [],
  paused: false,
  begun: false,
  failing: null,
}

/** New code gets the state of old code, and a lost cursor is none: every field has a default. */
export function parseCursor(carried: Partial<Cursor> | undefined): Cursor {
  return { ...NO_CURSOR, ...carried, version: 1 }
}
