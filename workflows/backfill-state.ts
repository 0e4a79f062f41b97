import type { BackfillRequest } from '../src/backfilling/request.ts'
import { NOTHING_YET, type Tally } from '../src/backfilling/tally.ts'

export interface BackfillInput extends BackfillRequest {
  /** By continue-as-new. */
  readonly carried?: Partial<BackfillState>
}

/** What is held or failed does not fail the backfill: it is counted, and the first few are named. */
export type BackfillResult = Tally

/** What a backfill carries by continue-as-new. Plain JSON, and small: partitions are planned page by page. */
export interface BackfillState {
  readonly version: 1
  /** When it was asked for; its range and its decisions are of that moment. */
  readonly at: number
  readonly tally: Tally
  /** Of the page that is being started, those that have not been. */
  readonly queue: readonly string[]
  /** The last partition of that page. */
  readonly after: string | null
  /** Whether there are more pages. */
  readonly more: boolean
  /** About how many partitions they start. */
  readonly left: number
  readonly paused: boolean
  /** For how long it has worked, pauses left out. */
  readonly workedMs: number
}

/** New code gets the state of old code: every field has a default. */
export function parseState(carried: Partial<BackfillState> | undefined, at: number): BackfillState {
  const none = { at, queue: [], after: null, more: true, left: 0, paused: false, workedMs: 0 }
  return { ...none, ...carried, version: 1, tally: { ...NOTHING_YET, ...carried?.tally } }
}
