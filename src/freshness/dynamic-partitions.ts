import type { PartitionRecord, PartitionRecords } from '../warehouse/partition-record.ts'
import { dayOffTest } from './days-off.ts'
import { Deadlines } from './deadlines.ts'
import type { Expect } from './expect.ts'
import { knownState } from './known-state.ts'
import { isoOrNull, type Judged, type Newest, type Next, type PartitionFreshness } from './state.ts'

const DAY_MS = 86_400_000
/** A calendar that leaves out more than this in a row expects nothing any more. */
const MOST_DAYS_OFF = 3_660
/** Dates that keys begin with: `2018-01-22`, `2018-01-22-06`, `2018-01-22T06`. */
const DATED = /^(\d{4}-\d{2}-\d{2})(?:[T_-](\d{2})(?!\d))?/

/** Keys that were seen; what is expected is that one is new, `every` so often. */
export function dynamicPartitions(expect: Expect | undefined, { records, begunMs }: PartitionRecords, now: Date): Judged {
  const deadlines = expect && new Deadlines({ ...expect, due: { at: 'arrival' } }, now)
  const changes: number[] = []
  const partitions = records.map((record): PartitionFreshness => {
    const known = knownState(record, expect)
    // Only what came and is too little is waited for; the rest of a partition is due from then on.
    const firstMs = record.firstLoadedMs ?? record.loadedMs
    const waits = known.state === undefined && known.reason !== null && firstMs !== undefined && deadlines !== undefined
    const state = known.state ?? (waits ? deadlines.stateOf(firstMs) : 'not expected')
    if (waits && state === 'waiting') changes.push(deadlines.after(firstMs).lateMs)
    if (waits && state === 'late') changes.push(deadlines.after(firstMs).missingMs)
    const { key, files, rows, loadedMs } = record
    const dueAt = waits ? isoOrNull(firstMs) : null
    return { key, state, start: dateIn(key), files, rows, loadedAt: isoOrNull(loadedMs), dueAt, reason: known.reason }
  })
  partitions.sort((a, b) => (a.key < b.key ? -1 : 1))
  const newest = newestOf(records)
  const next = expect && nextOf(expect, newest?.firstLoadedMs ?? begunMs, now)
  if (next?.state === 'waiting') changes.push(Date.parse(next.lateAt))
  if (next?.state === 'late') changes.push(Date.parse(next.missingAt))
  return {
    partitions,
    next: next ?? null,
    newest: newest === undefined ? null : asNewest(newest),
    changesMs: changes.reduce<number | undefined>((least, ms) => (least === undefined || ms < least ? ms : least), undefined),
  }
}

function dateIn(key: string): string | null {
  const [, day, hour = '00'] = DATED.exec(key) ?? []
  if (day === undefined) return null
  const start = `${day}T${hour}:00`
  const ms = Date.parse(`${start}Z`)
  // 31 February would be read as a day in March.
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(start) ? start : null
}

function newestOf(records: readonly PartitionRecord[]): PartitionRecord | undefined {
  let newest: PartitionRecord | undefined
  for (const record of records)
    if (record.firstLoadedMs !== undefined && record.firstLoadedMs > (newest?.firstLoadedMs ?? 0)) newest = record
  return newest
}

function asNewest({ key, loadedMs }: PartitionRecord): Newest {
  return { key, endedAt: null, loadedAt: isoOrNull(loadedMs) }
}

/** Since the newest partition came, or since the pipeline began. */
function nextOf(expect: Expect, sinceMs: number | undefined, now: Date): Next | undefined {
  if (expect.due.at !== 'next' || sinceMs === undefined) return undefined
  const dueMs = withoutDaysOff(sinceMs, expect.due.everyMs, dayOffTest(expect.except))
  if (dueMs === undefined) return undefined
  const lateMs = dueMs + expect.lateAfterMs
  const missingMs = dueMs + expect.missingAfterMs
  const state = now.getTime() >= missingMs ? 'missing' : now.getTime() >= lateMs ? 'late' : 'waiting'
  const at = (ms: number) => new Date(ms).toISOString()
  return { key: null, state, dueAt: at(dueMs), lateAt: at(lateMs), missingAt: at(missingMs) }
}

/** A time that is so much later; days off, in UTC, do not count. Undefined when all days are off. */
function withoutDaysOff(fromMs: number, lengthMs: number, isDayOff: (wall: number) => boolean): number | undefined {
  let at = fromMs
  let left = lengthMs
  for (let off = 0; off <= MOST_DAYS_OFF; ) {
    const midnight = (Math.floor(at / DAY_MS) + 1) * DAY_MS
    if (isDayOff(at)) off += 1
    else if (left <= midnight - at) return at + left
    else {
      left -= midnight - at
      off = 0
    }
    at = midnight
  }
  return undefined
}
