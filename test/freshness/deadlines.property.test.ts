import { expect, test } from '@jest/globals'
import { Cron } from 'croner'
import fc from 'fast-check'
import { NO_DAYS_OFF } from '../../src/freshness/days-off.ts'
import { Deadlines } from '../../src/freshness/deadlines.ts'
import type { Due } from '../../src/freshness/expect.ts'

const HOUR = 3_600_000
const crons = fc.constantFrom('0 6 * * *', '0 6 * * 1-5', '*/20 * * * *', '30 1 1 * *', '0 2,14 * * *')
const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York')
const dues: fc.Arbitrary<Due> = fc.oneof(
  fc.record({ at: fc.constant('tick' as const), cron: crons, timezone: zones }),
  fc.record({ at: fc.constant('end' as const), afterMs: fc.integer({ min: 0, max: 50 * HOUR }) }),
)
/** On and beside whole hours, where the ticks are. */
const instants = fc
  .tuple(fc.integer({ min: 420_000, max: 423_000 }), fc.constantFrom(0, 0, 1, -1, 999, 1_000, 1_200_000))
  .map(([hours, ms]) => hours * HOUR + ms)

test('two comparisons say what a search for each tick says', () => {
  fc.assert(
    fc.property(dues, instants, fc.integer({ min: -80, max: 1 }), fc.nat(30), fc.nat(60), (due, now, hours, late, more) => {
      const lateAfterMs = late * HOUR
      const missingAfterMs = (late + more) * HOUR
      const end = Math.floor(now / HOUR + hours) * HOUR
      const deadlines = new Deadlines({ due, lateAfterMs, missingAfterMs, files: 1, rows: 0, except: NO_DAYS_OFF }, new Date(now))
      const dueMs = searched(due, end)
      expect(deadlines.dueOf(end)).toBe(dueMs)
      const state = now >= dueMs + missingAfterMs ? 'missing' : now >= dueMs + lateAfterMs ? 'late' : 'waiting'
      expect(deadlines.stateOf(end)).toBe(state)
    }),
    { numRuns: 500 },
  )
})

/** The first tick at or after a time, which is what the schedule's next run after the moment before it is. */
function searched(due: Due, end: number): number {
  if (due.at !== 'tick') return end + (due.at === 'end' ? due.afterMs : 0)
  const next = new Cron(due.cron, { timezone: due.timezone, paused: true }).nextRun(new Date(end - 1_000))
  return next?.getTime() ?? Number.NaN
}

test('a cron that never ticks makes nothing due, and nothing late', () => {
  const due = { at: 'tick', cron: '0 6 30 2 *', timezone: 'UTC' } as const
  const rules = { due, lateAfterMs: 0, missingAfterMs: 0, files: 1, rows: 0, except: NO_DAYS_OFF }
  const deadlines = new Deadlines(rules, new Date('2018-01-22T00:00Z'))
  expect(deadlines.dueOf(0)).toBeUndefined()
  expect(deadlines.stateOf(0)).toBe('waiting')
})
