import { expect, test } from '@jest/globals'
import { CallCount } from '../../src/sources/call-count.ts'

test('calls are counted for an hour', () => {
  let now = 5
  const calls = new CallCount({ now: () => now })
  expect(calls.lastHour()).toBe(0)
  calls.add()
  calls.add(3)
  now += 30 * 60_000
  calls.add()
  expect(calls.lastHour()).toBe(5)
  now += 29 * 60_000
  expect(calls.lastHour()).toBe(5)
  now += 60_000
  expect(calls.lastHour()).toBe(1)
  now += 60 * 60_000
  expect(calls.lastHour()).toBe(0)
})
