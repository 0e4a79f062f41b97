import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { thinning } from '../src/thinning.ts'

/** When it was time, of looks at these pauses. */
function told(pauses: readonly number[], options: Omit<Parameters<typeof thinning>[0], 'now'>): number[] {
  let clock = 0
  const isDue = thinning({ ...options, now: () => clock })
  return pauses.flatMap((pause) => {
    clock += pause
    return isDue() ? [clock] : []
  })
}

const OPTIONS = { firstMs: 2_000, leastMs: 2_000, mostMs: 300_000 }

test('a minute is told some twenty times, an hour some sixty, a day fewer than four hundred', () => {
  const within = (seconds: number) =>
    told(
      Array.from({ length: seconds * 2 }, () => 500),
      OPTIONS,
    ).length
  expect(within(1)).toBe(0)
  expect(within(60)).toBeGreaterThanOrEqual(10)
  expect(within(60)).toBeLessThanOrEqual(25)
  expect(within(3_600)).toBeLessThanOrEqual(65)
  expect(within(86_400)).toBeLessThan(400)
})

test('however it is asked, two times are as far apart as they are to be, and never farther than a look later', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 500 }), (pauses) => {
      const times = told(pauses, OPTIONS)
      for (const [index, time] of times.entries()) {
        const pause = time - (times[index - 1] ?? 0)
        expect(pause).toBeGreaterThanOrEqual(OPTIONS.leastMs)
        expect(pause).toBeLessThanOrEqual(OPTIONS.mostMs + Math.max(...pauses))
      }
    }),
  )
})
