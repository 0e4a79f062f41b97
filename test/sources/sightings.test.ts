import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Sightings } from '../../src/sources/sightings.ts'

function atHand() {
  const clock = { ms: 1000, now: () => clock.ms }
  return { clock, sightings: new Sightings(clock) }
}

const A = { path: 'a.csv', fingerprint: 'one' }
const CHANGED = { path: 'a.csv', fingerprint: 'two' }

test('the first look proves nothing, the second what lies between them', () => {
  const { clock, sightings } = atHand()
  expect(sightings.see(A)).toBe(0)
  clock.ms += 2000
  expect(sightings.isSettled(A, 2000)).toBe(false)
  expect(sightings.see(A)).toBe(2000)
  expect(sightings.isSettled(A, 2000)).toBe(true)
  expect(sightings.isSettled(A, 2001)).toBe(false)
})

test('time in which nobody looked does not settle a file', () => {
  const { clock, sightings } = atHand()
  sightings.see(A)
  clock.ms += 60_000
  expect(sightings.isSettled(A, 1)).toBe(false)
})

test('a change starts anew, and so does the way back', () => {
  const { clock, sightings } = atHand()
  sightings.see(A)
  clock.ms += 5000
  expect(sightings.see(CHANGED)).toBe(0)
  clock.ms += 5000
  expect(sightings.see(A)).toBe(0)
  expect(sightings.isSettled(A, 1)).toBe(false)
  expect(sightings.firstSeenMsAgo('a.csv')).toBe(10_000)
})

test('with nothing to wait for one look is enough', () => {
  const { sightings } = atHand()
  sightings.see(A)
  expect(sightings.isSettled(A, 0)).toBe(true)
  expect(sightings.isSettled(CHANGED, 0)).toBe(true)
})

test('what another process saw counts, and is never a step back', () => {
  const { clock, sightings } = atHand()
  sightings.seed({ ...A, watchedMs: 1500 })
  expect(sightings.isSettled(A, 1500)).toBe(true)
  clock.ms += 500
  expect(sightings.see(A)).toBe(2000)
  sightings.seed({ ...A, watchedMs: 100 })
  expect(sightings.isSettled(A, 2000)).toBe(true)
  sightings.seed({ ...CHANGED, watchedMs: 9000 })
  expect(sightings.isSettled(CHANGED, 1)).toBe(false)
  expect(sightings.isSettled(A, 2000)).toBe(true)
})

test('what is carried on are those watched for longest', () => {
  const { clock, sightings } = atHand()
  for (const path of ['a', 'b', 'c']) {
    sightings.see({ path, fingerprint: 'x' })
    clock.ms += 100
  }
  for (const path of ['c', 'b', 'a']) sightings.see({ path, fingerprint: 'x' })
  expect(sightings.oldest(2)).toEqual([
    { path: 'a', fingerprint: 'x', watchedMs: 300, seenMs: 300 },
    { path: 'b', fingerprint: 'x', watchedMs: 200, seenMs: 200 },
  ])
})

test('what is up to date or gone is not remembered', () => {
  const { sightings } = atHand()
  for (const path of ['a', 'b', 'c']) sightings.see({ path, fingerprint: 'x' })
  sightings.forget('a')
  expect(sightings.firstSeenMsAgo('a')).toBeUndefined()
  sightings.forgetAllBut(new Set(['c']))
  expect(sightings.oldest(9).map(({ path }) => path)).toEqual(['c'])
})

/**
 * Files change and change back while processes look, die, and hand on what they saw. Whatever the order:
 * a file counts as settled only when its whole watched time lies within its true time unchanged.
 */
test('no sequence of looks, changes and restarts settles a file too early', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('wait'), ms: fc.nat(5000) }),
    fc.record({ do: fc.constant('look'), ms: fc.constant(0) }),
    fc.record({ do: fc.constant('change'), ms: fc.constant(0) }),
    fc.record({ do: fc.constant('restart'), ms: fc.nat(3000) }),
    fc.record({ do: fc.constant('hint'), ms: fc.nat(3000) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.nat(6000), (steps, settleMs) => {
      const clock = { ms: 0, now: () => clock.ms }
      let sightings = new Sightings(clock)
      let changes = 0
      let changedAt = 0
      for (const { do: what, ms } of steps) {
        const listed = { path: 'a', fingerprint: String(changes) }
        const carried = sightings.oldest(1)
        clock.ms += ms
        if (what === 'change') {
          changes++
          changedAt = clock.ms
        } else if (what === 'look') {
          expect(sightings.see(listed)).toBeLessThanOrEqual(clock.ms - changedAt)
        } else if (what === 'restart') {
          sightings = new Sightings(clock)
          for (const sighting of carried) sightings.seed(sighting)
        } else if (what === 'hint') {
          for (const sighting of carried) sightings.seed(sighting)
        }
        const now = { path: 'a', fingerprint: String(changes) }
        if (sightings.isSettled(now, settleMs)) expect(clock.ms - changedAt).toBeGreaterThanOrEqual(settleMs === 0 ? 0 : settleMs)
      }
    }),
  )
})

test('how long a path has been there goes on elsewhere, also when its file has changed', () => {
  const clock = { at: 0, now: () => clock.at }
  const here = new Sightings(clock)
  here.see({ path: 'a', fingerprint: 'x' })
  clock.at = 100
  here.see({ path: 'a', fingerprint: 'y' })
  clock.at = 150
  const [sighting] = here.oldest(1)
  expect(sighting).toEqual({ path: 'a', fingerprint: 'y', watchedMs: 0, seenMs: 150 })
  const there = new Sightings(clock)
  there.see({ path: 'a', fingerprint: 'z' })
  if (sighting !== undefined) there.seed(sighting)
  expect(there.firstSeenMsAgo('a')).toBe(150)
  expect(there.isSettled({ path: 'a', fingerprint: 'z' }, 1)).toBe(false)
})
