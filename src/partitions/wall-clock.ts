import type { TimePartitions } from './partitions.ts'
import { offsetsOf } from './zone-offsets.ts'

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
  return instant + offsetsOf(timezone).at(instant)
}

/**
 * The first instant at which the clocks show this time or a later one. A time that is shown twice is met the first
 * time, and one that is skipped when the clocks jump over it: so boundaries never run backwards.
 */
export function instantOf(timezone: string, wall: WallTime): number {
  const offsets = offsetsOf(timezone)
  const offsetBefore = offsets.at(wall - REACH_MS)
  const offsetAfter = offsets.at(wall + REACH_MS)
  if (offsetBefore === offsetAfter) return wall - offsetBefore
  const shown = [wall - offsetBefore, wall - offsetAfter].filter((instant) => wallAt(timezone, instant) === wall)
  return shown.length > 0 ? Math.min(...shown) : jumpOver(timezone, wall)
}

function jumpOver(timezone: string, wall: WallTime): number {
  let before = wall - REACH_MS
  let after = wall + REACH_MS
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (wallAt(timezone, middle) < wall) before = middle
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
