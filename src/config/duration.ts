import ms from 'ms'
import { z } from 'zod'

/** The units of `ms`. In our own words: a project that only uses this package cannot find the types of that one. */
type Unit =
  | 'ms'
  | 's'
  | 'm'
  | 'h'
  | 'd'
  | 'w'
  | `${'millisecond' | 'msec' | 'second' | 'sec' | 'minute' | 'min' | 'hour' | 'hr' | 'day' | 'week'}${'' | 's'}`

/** A length of time with its unit: `2s`, `45m`, `24h`, `7 days`. */
export type Duration = `${number}${Unit}` | `${number} ${Unit}`

const WITH_UNIT = /^\d+(\.\d+)?\s?[a-z]+$/i

/** Parses to milliseconds. */
export const duration = z
  .custom<Duration>(isDuration, {
    error: (issue) => `expected a duration such as '2s', '45m' or '24h', got ${JSON.stringify(issue.input)}`,
  })
  .transform((value) => ms(value))

function isDuration(value: unknown): value is Duration {
  return typeof value === 'string' && WITH_UNIT.test(value) && Number.isFinite((ms as (text: string) => number)(value))
}
