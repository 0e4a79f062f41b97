import { expect, test } from '@jest/globals'
import { nextTickOf } from '../../src/schedules/next-tick.ts'

const at = (hour: number) => new Date(Date.UTC(2018, 0, 22, hour))
const schedule = (paused: boolean, ...hours: readonly number[]) => ({
  state: { paused },
  info: { nextActionTimes: hours.map(at) },
})

test('the next tick is one that is to come', () => {
  expect(nextTickOf(schedule(false, 6, 7, 8), at(5))).toBe('2018-01-22T06:00:00.000Z')
  // The server was away at six, and names that tick until the next one runs.
  expect(nextTickOf(schedule(false, 6, 7, 8), at(6))).toBe('2018-01-22T07:00:00.000Z')
  expect(nextTickOf(schedule(false), at(6))).toBeNull()
})

test('a schedule that is paused has none', () => {
  expect(nextTickOf(schedule(true, 6, 7), at(5))).toBeNull()
})
