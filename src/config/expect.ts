import { z } from 'zod'
import { NO_DAYS_OFF } from '../freshness/days-off.ts'
import type { Due, Expect } from '../freshness/expect.ts'
import type { Partitions } from '../partitions/partitions.ts'
import { duration } from './duration.ts'
import type { Pipeline, Schedule } from './pipeline.ts'
import { strict } from './strictness.ts'

/** As a cron counts them. */
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

const dayOff = z.string().refine((text) => isWeekday(text) || isDate(text), {
  error: (issue) =>
    `expected a weekday, such as 'sat', or a date, '2018-12-25', or of each year, '12-25', got ${JSON.stringify(issue.input)}`,
})

const least = (what: string) => z.number().int().min(1, `expected at least 1 ${what}`).optional()

export const expect = strict(
  {
    every: duration.optional(),
    dueAfter: duration.optional(),
    lateAfter: duration.optional(),
    missingAfter: duration.optional(),
    files: least('file'),
    rows: least('row'),
    except: z
      .array(dayOff, { error: "expected a list of weekdays and dates, such as ['sat', 'sun', '2018-12-25']" })
      .readonly()
      .optional(),
  },
  "expected when partitions are to be there, such as { dueAfter: '6h', lateAfter: '1h', missingAfter: '24h' }",
)

export type CheckedExpect = z.output<typeof expect>

export const LATE_AFTER_MS = 3_600_000
export const MISSING_AFTER_MS = 86_400_000

/** Undefined when neither says when anything is to be there. */
export function toExpect(
  checked: CheckedExpect | undefined,
  partitions: Partitions,
  schedule: Schedule | undefined,
): Expect | undefined {
  if (checked === undefined && schedule === undefined) return undefined
  const { lateAfter = LATE_AFTER_MS, missingAfter = MISSING_AFTER_MS, files = 1, rows = 0, except } = checked ?? {}
  return {
    due: dueOf(checked, partitions, schedule),
    lateAfterMs: schedule?.lateAfterMs ?? lateAfter,
    missingAfterMs: schedule?.missingAfterMs ?? missingAfter,
    files,
    rows,
    except:
      except === undefined
        ? NO_DAYS_OFF
        : {
            weekdays: except.filter(isWeekday).map((day) => WEEKDAYS.indexOf(day)),
            dates: except.filter((day) => !isWeekday(day)),
          },
  }
}

function dueOf(checked: CheckedExpect | undefined, { kind }: Partitions, schedule: Schedule | undefined): Due {
  if (kind === 'dynamic') return checked?.every === undefined ? { at: 'arrival' } : { at: 'next', everyMs: checked.every }
  if (schedule !== undefined) return { at: 'tick', cron: schedule.cron, timezone: schedule.timezone }
  return { at: 'end', afterMs: checked?.dueAfter ?? 0 }
}

/** What is wrong between this and the other fields of a pipeline. */
export function expectFaults(checked: CheckedExpect | undefined, { partitions, schedule, expect: filledIn }: Pipeline): string[] {
  if (checked === undefined || filledIn === undefined) return []
  const { every, dueAfter, lateAfter, missingAfter, files, rows, except } = checked
  const isDynamic = partitions.kind === 'dynamic'
  const faults: string[] = []
  if (isDynamic && dueAfter !== undefined) faults.push("dueAfter: dynamic partitions have no end; write every, such as '1d'")
  if (!isDynamic && every !== undefined)
    faults.push(`every: ${partitions.kind} partitions come as often as their name says; leave it out`)
  if (isDynamic && every === undefined && files === undefined && rows === undefined)
    faults.push("every: expected how often a new partition comes, such as '1d', or the least of files or rows")
  if (every === 0) faults.push('every: expected more than no time')
  if (schedule !== undefined) {
    if (dueAfter !== undefined) faults.push('dueAfter: a scheduled partition is due at its tick; leave it out')
    for (const [field, value] of Object.entries({ lateAfter, missingAfter }))
      if (value !== undefined) faults.push(`${field}: the schedule says it; write schedule.${field}`)
  } else if (filledIn.missingAfterMs < filledIn.lateAfterMs) faults.push('missingAfter: expected at least lateAfter')
  const weekday = except?.find(isWeekday)
  if (weekday !== undefined && (partitions.kind === 'weekly' || partitions.kind === 'monthly'))
    faults.push(
      `except: ${partitions.kind} partitions have no weekday of their own, got '${weekday}'; write the dates on which those begin that are not expected`,
    )
  return faults.map((fault) => `expect.${fault}`)
}

function isWeekday(text: string): text is (typeof WEEKDAYS)[number] {
  return (WEEKDAYS as readonly string[]).includes(text)
}

function isDate(text: string): boolean {
  // A leap year has every day there is.
  const date = /^\d{2}-\d{2}$/.test(text) ? `2000-${text}` : text
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return false
  const ms = Date.parse(`${date}T00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date)
}
