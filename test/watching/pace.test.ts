import { expect, test } from '@jest/globals'
import { Pace } from '../../src/watching/pace.ts'

const middle = () => 0.5 // no jitter
const EVERY = 60_000

test('a remote source is listed less often while nothing comes, down to a bound, and as often as ever at news', () => {
  const pace = new Pace(EVERY, { remote: true, random: middle })
  const pauses: number[] = []
  for (let polls = 0; polls < 6; polls++) {
    pauses.push(pace.nextMs())
    pace.listed({ news: false })
  }
  expect(pauses).toEqual([60_000, 90_000, 135_000, 202_500, 240_000, 240_000])
  pace.listed({ news: true })
  expect(pace.nextMs()).toBe(EVERY)
})

test('a folder of this machine is listed as often as its config says', () => {
  const pace = new Pace(EVERY, { remote: false, random: () => 0.9 })
  for (let polls = 0; polls < 5; polls++) pace.listed({ news: false })
  expect(pace.nextMs()).toBe(EVERY)
})

test('pauses differ a little, so that sources are not asked together', () => {
  const pauses = [0, 0.5, 0.999].map((number) => new Pace(EVERY, { remote: true, random: () => number }).nextMs())
  expect(pauses[0]).toBe(54_000)
  expect(pauses[1]).toBe(EVERY)
  expect(pauses[2]).toBeLessThanOrEqual(66_000)
  expect(pauses[2]).toBeGreaterThan(65_000)
})

test('a failure is tried again soon, then later each time, and soon again after a success', () => {
  const pace = new Pace(EVERY, { remote: true, random: middle })
  expect(Array.from({ length: 8 }, () => pace.failedMs(undefined))).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
  ])
  pace.listed({ news: false })
  expect(pace.failedMs(undefined)).toBe(1_000)
})

test('a server that asks to be left alone is, for no less than it asks, and is listed less often afterwards', () => {
  for (const number of [0, 0.5, 0.999]) {
    const pace = new Pace(EVERY, { remote: true, random: () => number })
    expect(pace.failedMs(20_000)).toBeGreaterThanOrEqual(20_000)
  }
  const pace = new Pace(EVERY, { remote: true, random: middle })
  pace.failedMs(20_000)
  expect(pace.nextMs()).toBe(120_000)
})
