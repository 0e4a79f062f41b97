import { DateTime } from 'luxon'
import { counted } from '../counted.ts'
import type { Grain } from './date-in-path.ts'

/** Partitions of time that keys make. */
export interface Cadence {
  readonly kind: 'hourly' | 'daily' | 'weekly' | 'monthly'
  readonly start: string
  readonly last: string
  /** How many of the windows from `start` to `last` have a file. */
  readonly present: number
  readonly windows: number
}

/** Files of working days alone come on 71 of 100 days. */
const ENOUGH = 0.65
const MONDAY = 1

/** What the keys make without gaps to speak of; undefined when they are too far apart. */
export function cadenceOf(keys: ReadonlySet<string>, grain: Grain): Cadence | undefined {
  const span = spanOf(keys, grain)
  if (span === undefined || span.present / span.windows >= ENOUGH) return span
  const weeks = Math.ceil(span.windows / 7)
  const isWeekly = grain === 'day' && [...keys].every((key) => timeOf(key).weekday === MONDAY)
  return isWeekly && span.present / weeks >= ENOUGH ? { ...span, windows: weeks, kind: 'weekly' } : undefined
}

/** From the first key to the last, whatever is missing between. */
export function spanOf(keys: ReadonlySet<string>, grain: Grain): Cadence | undefined {
  const sorted = [...keys].sort()
  const [start] = sorted
  const last = sorted.at(-1)
  if (start === undefined || last === undefined) return undefined
  const unit = `${grain}s` as const
  const windows = Math.round(timeOf(last).diff(timeOf(start), unit).as(unit)) + 1
  return { kind: KINDS[grain], start, last, present: keys.size, windows }
}

const KINDS = { hour: 'hourly', day: 'daily', month: 'monthly' } as const
const NOUNS = { hourly: 'hour', daily: 'day', weekly: 'week', monthly: 'month' } as const

/** `2 of 3 days from 2024-01-01 to 2024-01-03 have a file`. */
export function cadenceText({ kind, start, last, present, windows }: Cadence): string {
  if (windows === 1) return `the only file is of ${start}`
  const noun = NOUNS[kind]
  return present === windows
    ? `each ${noun} from ${start} to ${last} has a file`
    : `${present} of ${counted(windows, noun)} from ${start} to ${last} have a file`
}

function timeOf(key: string): DateTime {
  const [year = 0, month = 1, day = 1, hour = 0] = key.split('-').map(Number)
  return DateTime.utc(year, month, day, hour)
}
