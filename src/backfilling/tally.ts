import type { Only } from './request.ts'

/** What is known of a backfill's partitions so far. Pure, and carried by continue-as-new. */
export interface Tally {
  /** Brought up to date by this backfill. */
  readonly loaded: number
  readonly rows: number
  /** With a newest version that is held, whether or not it was tried now. */
  readonly held: number
  /** Could not be loaded, as when the source cannot be read. */
  readonly failed: number
  /** With a file that still changes, or that waits for a marker. */
  readonly waiting: number
  /** Without any file. */
  readonly missing: number
  /** As they should be without this backfill. */
  readonly upToDate: number
  /** Not up to date, and not among those that `only` names. */
  readonly leftOut: number
  /** The first few that are not loaded, with the reason. */
  readonly problems: readonly Problem[]
}

export interface Problem {
  readonly partition: string
  readonly state: 'held' | 'failed' | 'waiting'
  /** For people. No row of data is in it. */
  readonly reason: string
}

export const NOTHING_YET: Tally = {
  loaded: 0,
  rows: 0,
  held: 0,
  failed: 0,
  waiting: 0,
  missing: 0,
  upToDate: 0,
  leftOut: 0,
  problems: [],
}

/** The others are in the ledger; `files` and `status` tell them. */
const PROBLEMS_NAMED = 10
const LONGEST_REASON = 300

export type Counts = Partial<Omit<Tally, 'problems'>> & { readonly problems?: readonly Problem[] }

export function add(tally: Tally, more: Counts): Tally {
  return {
    loaded: tally.loaded + (more.loaded ?? 0),
    rows: tally.rows + (more.rows ?? 0),
    held: tally.held + (more.held ?? 0),
    failed: tally.failed + (more.failed ?? 0),
    waiting: tally.waiting + (more.waiting ?? 0),
    missing: tally.missing + (more.missing ?? 0),
    upToDate: tally.upToDate + (more.upToDate ?? 0),
    leftOut: tally.leftOut + (more.leftOut ?? 0),
    problems: [...tally.problems, ...(more.problems ?? [])].slice(0, PROBLEMS_NAMED).map(shortened),
  }
}

function shortened(problem: Problem): Problem {
  const { reason } = problem
  return reason.length <= LONGEST_REASON ? problem : { ...problem, reason: `${reason.slice(0, LONGEST_REASON - 1)}…` }
}

/** Whether all that was asked for is in the table. A partition without any file is neither held nor changed. */
export function isComplete({ held, failed, waiting, missing }: Tally, only?: Only | undefined): boolean {
  const wanted = only === 'held' || only === 'changed' ? 0 : missing
  return held + failed + waiting + wanted === 0
}
