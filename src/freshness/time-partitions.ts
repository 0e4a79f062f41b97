import { judgeKey } from '../partitions/keys.ts'
import type { TimePartitions, Window } from '../partitions/partitions.ts'
import { wallAt } from '../partitions/wall-clock.ts'
import { expectedWindows, next, windowAt, windowOf } from '../partitions/windows.ts'
import type { PartitionRecord, PartitionRecords } from '../warehouse/partition-record.ts'
import { dayOffTest, NO_DAYS_OFF } from './days-off.ts'
import { Deadlines } from './deadlines.ts'
import type { Expect } from './expect.ts'
import { knownState } from './known-state.ts'
import { isoOrNull, type Judged, type Newest, type Next, type PartitionFreshness } from './state.ts'

/** How many windows on it is looked for one that is expected: more than a year of hours. */
const MOST_DAYS_OFF = 10_000

/** Hours, days, weeks or months: each from the first to the last whole one, and what else the ledger knows. */
export function timePartitions(
  partitions: TimePartitions,
  expect: Expect | undefined,
  { records }: PartitionRecords,
  now: Date,
): Judged {
  const rules = new Rules(partitions, expect, now)
  const left = new Map(records.map((record) => [record.key, record]))
  const judged: Found[] = []
  for (const window of expectedWindows(partitions, now)) {
    judged.push(rules.judge(window, left.get(window.key)))
    left.delete(window.key)
  }
  const others = [...left.values()].map((record) => rules.judgeOther(record))
  if (others.length > 0) judged.push(...others)
  if (others.length > 0) judged.sort(byTime)
  const waiting = judged.find(({ partition: { state } }) => state === 'waiting')
  const late = judged.find(({ partition: { state } }) => state === 'late')
  const coming = rules.nextOf(waiting?.window ?? rules.upcoming(new Map(others.flatMap(asEntry)), now))
  return {
    partitions: judged.map(({ partition }) => partition),
    next: coming ?? null,
    newest: newestOf(judged),
    changesMs: least([coming && Date.parse(coming.lateAt), late?.window && rules.missingMs(late.window)]),
  }
}

interface Found {
  readonly partition: PartitionFreshness
  readonly window: Window | undefined
}

class Rules {
  readonly #partitions: TimePartitions
  readonly #expect: Expect | undefined
  readonly #deadlines: Deadlines | undefined
  readonly #isDayOff: (wall: number) => boolean

  constructor(partitions: TimePartitions, expect: Expect | undefined, now: Date) {
    this.#partitions = partitions
    this.#expect = expect
    this.#deadlines = expect && new Deadlines(expect, now)
    this.#isDayOff = dayOffTest(expect?.except ?? NO_DAYS_OFF)
  }

  judge(window: Window, record: PartitionRecord | undefined): Found {
    const wall = wallAt(this.#partitions.timezone, window.start.getTime())
    const isExpected = this.#deadlines !== undefined && !this.#isDayOff(wall)
    const known = knownState(record, isExpected ? this.#expect : undefined)
    const end = window.end.getTime()
    const state = known.state ?? (isExpected ? (this.#deadlines?.stateOf(end) ?? 'not expected') : 'not expected')
    const isDue = state === 'waiting' || state === 'late'
    return {
      window,
      partition: {
        key: window.key,
        state,
        start: new Date(wall).toISOString().slice(0, MINUTES),
        files: record?.files ?? 0,
        rows: record?.rows ?? 0,
        loadedAt: isoOrNull(record?.loadedMs),
        dueAt: isDue ? isoOrNull(this.#deadlines?.dueOf(end)) : null,
        reason: known.reason,
      },
    }
  }

  /** Of a window that is not whole, or that is not between `start` and `end`; or of a key without one. */
  judgeOther(record: PartitionRecord): Found {
    const window = windowOf(this.#partitions, record.key)
    if (window !== undefined && judgeKey(this.#partitions, record.key).verdict === 'valid') return this.judge(window, record)
    const { state = 'not expected', reason } = knownState(record, undefined)
    const start = window && new Date(wallAt(this.#partitions.timezone, window.start.getTime())).toISOString().slice(0, MINUTES)
    const { key, files, rows, loadedMs } = record
    return {
      window,
      partition: { key, state, start: start ?? null, files, rows, loadedAt: isoOrNull(loadedMs), dueAt: null, reason },
    }
  }

  /** The first window from now on that is expected, and is not loaded yet. */
  upcoming(known: ReadonlyMap<string, Found>, now: Date): Window | undefined {
    if (this.#deadlines === undefined) return undefined
    const first = windowOf(this.#partitions, this.#partitions.start)
    let window = first !== undefined && first.start > now ? first : windowAt(this.#partitions, now)
    for (let tried = 0; tried < MOST_DAYS_OFF; tried++) {
      if (judgeKey(this.#partitions, window.key).verdict !== 'valid') return undefined
      const isOff = this.#isDayOff(wallAt(this.#partitions.timezone, window.start.getTime()))
      const state = known.get(window.key)?.partition.state
      if (!isOff && (state === undefined || state === 'waiting')) return window
      window = next(this.#partitions, window)
    }
    return undefined
  }

  nextOf(window: Window | undefined): Next | undefined {
    const dueMs = window && this.#deadlines?.dueOf(window.end.getTime())
    if (window === undefined || dueMs === undefined || this.#deadlines === undefined) return undefined
    const { lateMs, missingMs } = this.#deadlines.after(dueMs)
    const at = (ms: number) => new Date(ms).toISOString()
    return { key: window.key, state: 'waiting', dueAt: at(dueMs), lateAt: at(lateMs), missingAt: at(missingMs) }
  }

  missingMs(window: Window): number | undefined {
    const dueMs = this.#deadlines?.dueOf(window.end.getTime())
    return dueMs === undefined ? undefined : this.#deadlines?.after(dueMs).missingMs
  }
}

/** Of an ISO time, to its minutes. */
const MINUTES = '2018-01-22T06:00'.length

function asEntry(found: Found): [string, Found][] {
  return [[found.partition.key, found]]
}

/** Keys without a window come last. */
function byTime(a: Found, b: Found): number {
  if (a.window === undefined || b.window === undefined) {
    if (a.window !== b.window) return a.window === undefined ? 1 : -1
    return a.partition.key < b.partition.key ? -1 : 1
  }
  return a.window.start.getTime() - b.window.start.getTime()
}

function newestOf(judged: readonly Found[]): Newest | null {
  const newest = judged.findLast(({ partition, window }) => window !== undefined && partition.state === 'loaded')
  if (newest?.window === undefined) return null
  const { key, loadedAt } = newest.partition
  return { key, endedAt: newest.window.end.toISOString(), loadedAt }
}

function least(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
