import { z } from 'zod'
import type { Initial, Pipeline } from './pipeline.ts'
import { strict } from './strictness.ts'

/** A chunk is one transaction; larger ones win little. */
export const MOST_AT_ONCE = 2_000

const EXPECTED = "expected 'all', 'none', or { since: '2024-01-31', order: 'newest', atOnce: 100 }, each of its fields if need be"
/** A day in UTC, or a time that says its zone: what it means must not depend on where the worker runs. */
const DAY_OR_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/

export const initial = z
  .union(
    [
      z.enum(['all', 'none']),
      strict({
        since: z
          .string()
          .refine(isDayOrTime, {
            error: (issue) =>
              `expected a day, such as '2024-01-31' (from 00:00 UTC), or a time with its zone, such as '2024-01-31T06:00:00Z', got ${JSON.stringify(issue.input)}`,
          })
          .optional(),
        order: z.enum(['oldest', 'newest']).optional(),
        atOnce: z
          .number()
          .int()
          .refine((files) => files >= 1 && files <= MOST_AT_ONCE, {
            error: (issue) => `expected from 1 to ${MOST_AT_ONCE} files, got ${issue.input}`,
          })
          .optional(),
      }),
    ],
    { error: EXPECTED },
  )
  .default('all')

export function toInitial(checked: z.output<typeof initial>): Initial {
  const { since, order, atOnce = MOST_AT_ONCE } = typeof checked === 'string' ? {} : checked
  const everything = checked === 'none' ? 'none' : 'all'
  return { since: since === undefined ? everything : new Date(since), order, atOnce }
}

export function initialFaults({ partitions, initial: { since } }: Pipeline): string[] {
  if (partitions.kind === 'dynamic' || since === 'all') return []
  const field = since === 'none' ? 'partitions.initial' : 'partitions.initial.since'
  return [`${field}: how far back ${partitions.kind} partitions reach says their first one; write its key as start`]
}

function isDayOrTime(text: string): boolean {
  const [day = ''] = text.split('T')
  // A day that there is: 31 February would be read as one in March.
  return DAY_OR_TIME.test(text) && !Number.isNaN(Date.parse(text)) && new Date(day).toISOString().startsWith(day)
}
