import { writeWall } from '../partitions/key-format.ts'
import { judgeKey } from '../partitions/keys.ts'
import type { TimePartitions, Window } from '../partitions/partitions.ts'
import { type WallTime, wallAt } from '../partitions/wall-clock.ts'
import { next, type Span, windowAt, windowOf } from '../partitions/windows.ts'
import type { PartitionRecord } from '../warehouse/partition-record.ts'
import { dayOffTest, NO_DAYS_OFF } from './days-off.ts'
import { Deadlines } from './deadlines.ts'
import type { Expect } from './expect.ts'
import { knownState } from './known-state.ts'
import type { Found } from './landmarks.ts'
import { type FreshnessState, isoOrNull, type Next, type PartitionFreshness } from './state.ts'

/** How many windows on it is looked for one that is expected: more than a year of hours. */
const MOST_DAYS_OFF = 10_000

/** What the config says of partitions with a window of time, at one moment. */
export class TimeRules {
  readonly #partitions: TimePartitions
  readonly #expect: Expect | undefined
  readonly #deadlines: Deadlines | undefined
  readonly #isDayOff: (wall: number) => boolean
  #lastLoadedMs: number | undefined
  #lastLoadedAt: string | null = null

  constructor(partitions: TimePartitions, expect: Expect | undefined, now: Date) {
    this.#partitions = partitions
    this.#expect = expect
    this.#deadlines = expect && new Deadlines(expect, now)
    this.#isDayOff = dayOffTest(expect?.except ?? NO_DAYS_OFF)
  }

  judge({ key, start, end }: Span, record: PartitionRecord | undefined): PartitionFreshness {
    const wall = wallAt(this.#partitions.timezone, start)
    const isExpected = this.#deadlines !== undefined && !this.#isDayOff(wall)
    const known = knownState(record, isExpected ? this.#expect : undefined)
    const state = known.state ?? (isExpected ? (this.#deadlines?.stateOf(end) ?? 'not expected') : 'not expected')
    const isDue = state === 'waiting' || state === 'late'
    return {
      key: record?.key ?? key,
      state,
      start: localTime(wall),
      files: record?.files ?? 0,
      rows: record?.rows ?? 0,
      loadedAt: this.#loadedAt(record),
      dueAt: isDue ? isoOrNull(this.#deadlines?.dueOf(end)) : null,
      reason: known.reason,
    }
  }

  /** What the walk did not come by, in order of time; keys that are no partition's come last. */
  judgeOthers(records: readonly PartitionRecord[], walked: ReadonlySet<string>): Found[] {
    return records
      .filter(({ key }) => !walked.has(key))
      .map((record) => this.#judgeOther(record))
      .sort(byTime)
  }

  /** Of a window that is not whole, or that is not between `start` and `end`; or of a key without one. */
  #judgeOther(record: PartitionRecord): Found {
    const window = windowOf(this.#partitions, record.key)
    const span = window && spanOf(window)
    if (span !== undefined && judgeKey(this.#partitions, record.key).verdict === 'valid')
      return { span, partition: this.judge(span, record) }
    const { state = 'not expected', reason } = knownState(record, undefined)
    const start = span === undefined ? null : localTime(wallAt(this.#partitions.timezone, span.start))
    const { key, files, rows } = record
    return {
      span,
      partition: { key, state, start, files, rows, loadedAt: this.#loadedAt(record), dueAt: null, reason },
    }
  }

  /** Of a batch they are all the same. */
  #loadedAt(record: PartitionRecord | undefined): string | null {
    if (record?.loadedMs !== this.#lastLoadedMs) {
      this.#lastLoadedMs = record?.loadedMs
      this.#lastLoadedAt = isoOrNull(record?.loadedMs)
    }
    return this.#lastLoadedAt
  }

  /** The first window from now on that is expected, and is not loaded yet. */
  upcoming(known: ReadonlyMap<string, FreshnessState>, now: Date): Span | undefined {
    if (this.#deadlines === undefined) return undefined
    const first = windowOf(this.#partitions, this.#partitions.start)
    let window = first !== undefined && first.start > now ? first : windowAt(this.#partitions, now)
    for (let tried = 0; tried < MOST_DAYS_OFF; tried++) {
      if (judgeKey(this.#partitions, window.key).verdict !== 'valid') return undefined
      const isOff = this.#isDayOff(wallAt(this.#partitions.timezone, window.start.getTime()))
      const state = known.get(window.key)
      if (!isOff && (state === undefined || state === 'waiting')) return spanOf(window)
      window = next(this.#partitions, window)
    }
    return undefined
  }

  nextOf(span: Span | undefined): Next | undefined {
    const dueMs = span && this.#deadlines?.dueOf(span.end)
    if (span === undefined || dueMs === undefined || this.#deadlines === undefined) return undefined
    const { lateMs, missingMs } = this.#deadlines.after(dueMs)
    const at = (ms: number) => new Date(ms).toISOString()
    return { key: span.key, state: 'waiting', dueAt: at(dueMs), lateAt: at(lateMs), missingAt: at(missingMs) }
  }

  missingMs({ end }: Span): number | undefined {
    const dueMs = this.#deadlines?.dueOf(end)
    return dueMs === undefined ? undefined : this.#deadlines?.after(dueMs).missingMs
  }
}

function localTime(wall: WallTime): string {
  return `${writeWall('yyyy-MM-dd', wall)}T${writeWall('HH:mm', wall)}`
}

function spanOf({ key, start, end }: Window): Span {
  return { key, start: start.getTime(), end: end.getTime() }
}

/** Keys without a window come last. */
function byTime(a: Found, b: Found): number {
  if (a.span === undefined || b.span === undefined) {
    if (a.span !== b.span) return a.span === undefined ? 1 : -1
    return a.partition.key < b.partition.key ? -1 : 1
  }
  return a.span.start - b.span.start
}
