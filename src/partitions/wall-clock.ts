import { Info, type Zone } from 'luxon'
import { TidemarkError } from '../errors.ts'
import type { TimePartitions } from './partitions.ts'

/**
 * What the clocks on the wall show, in milliseconds as if it were UTC. Windows are counted on this scale,
 * where every day has 24 hours, and only their boundaries are turned into instants.
 */
export type WallTime = number

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** The first Monday of the Unix epoch: 1970-01-05. */
const FIRST_MONDAY = 4 * DAY_MS
/** Wall clocks are at most 12 hours behind UTC and 14 ahead; with room for the odd hour of history. */
const REACH_MS = 16 * HOUR_MS

/** The start of the window that this wall-clock time belongs to. */
export function floorWall({ kind, offsetMs }: TimePartitions, wall: WallTime): WallTime {
  const shifted = wall - offsetMs
  switch (kind) {
    case 'hourly':
      return offsetMs + floorTo(shifted, HOUR_MS)
    case 'daily':
      return offsetMs + floorTo(shifted, DAY_MS)
    case 'weekly':
      return offsetMs + FIRST_MONDAY + floorTo(shifted - FIRST_MONDAY, 7 * DAY_MS)
    case 'monthly':
      return offsetMs + monthStart(shifted, 0)
  }
}

/** The start of the window after the one that starts at this wall-clock time. */
export function nextWall({ kind, offsetMs }: TimePartitions, start: WallTime): WallTime {
  switch (kind) {
    case 'hourly':
      return start + HOUR_MS
    case 'daily':
      return start + DAY_MS
    case 'weekly':
      return start + 7 * DAY_MS
    case 'monthly':
      return offsetMs + monthStart(start - offsetMs, 1)
  }
}

export function wallAt(timezone: string, instant: number): WallTime {
  return instant + offsetAt(zoneOf(timezone), instant)
}

/**
 * The first instant at which the clocks show this time or a later one. A time that is shown twice is met the first
 * time, and one that is skipped when the clocks jump over it: so boundaries never run backwards.
 */
export function instantOf(timezone: string, wall: WallTime): number {
  const zone = zoneOf(timezone)
  const offsetBefore = offsetAt(zone, wall - REACH_MS)
  const offsetAfter = offsetAt(zone, wall + REACH_MS)
  if (offsetBefore === offsetAfter) return wall - offsetBefore
  const shown = [wall - offsetBefore, wall - offsetAfter].filter((instant) => instant + offsetAt(zone, instant) === wall)
  return shown.length > 0 ? Math.min(...shown) : jumpOver(zone, wall)
}

/** The zone of that name; undefined when there is none, or when it depends on the machine, as `local` does. */
export function findZone(timezone: string): Zone | undefined {
  const zone = Info.normalizeZone(timezone)
  return zone.isValid && zone.type !== 'system' ? zone : undefined
}

function zoneOf(timezone: string): Zone {
  const zone = findZone(timezone)
  if (zone) return zone
  throw new TidemarkError(
    'ConfigInvalid',
    `timezone "${timezone}" is not known; write an IANA name such as Europe/Berlin, or UTC`,
  )
}

/** The offset of a day on which it does not change, by zone: to ask for each instant takes most of the time of a long walk. */
const steadyDays = new Map<string, Map<number, number | undefined>>()
/** About 50 years of a zone. */
const MOST_DAYS_KEPT = 20_000

function offsetAt(zone: Zone, instant: number): number {
  const day = Math.floor(instant / DAY_MS)
  const days = steadyDays.get(zone.name) ?? new Map<number, number | undefined>()
  steadyDays.set(zone.name, days)
  if (!days.has(day)) {
    if (days.size >= MOST_DAYS_KEPT) days.clear()
    const first = askOffset(zone, day * DAY_MS)
    days.set(day, first === askOffset(zone, (day + 1) * DAY_MS) ? first : undefined)
  }
  return days.get(day) ?? askOffset(zone, instant)
}

function askOffset(zone: Zone, instant: number): number {
  return Math.round(zone.offset(instant) * 60_000)
}

function jumpOver(zone: Zone, wall: WallTime): number {
  let before = wall - REACH_MS
  let after = wall + REACH_MS
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (middle + offsetAt(zone, middle) < wall) before = middle
    else after = middle
  }
  return after
}

function floorTo(value: number, unit: number): number {
  return Math.floor(value / unit) * unit
}

function monthStart(wall: WallTime, monthsLater: number): WallTime {
  const date = new Date(wall)
  const month = date.getUTCMonth() + monthsLater
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  return new Date(0).setUTCFullYear(date.getUTCFullYear(), month, 1)
}
