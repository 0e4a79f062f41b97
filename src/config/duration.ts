import ms, { type StringValue } from 'ms'
import { z } from 'zod'

/** A length of time with its unit: `2s`, `45m`, `24h`, `7 days`. */
export type Duration = StringValue

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
