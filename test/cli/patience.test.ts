import { expect, test } from '@jest/globals'
import { Patience } from '../../src/cli/patience.ts'

const SETTLE_MS = 2_000
const LOOK_EVERY_MS = 250
/** Longer than anybody waits for a file that nobody takes. */
const FOR_EVER_MS = 600_000

/** Looks again and again at one file; how long it was waited for, and when it was asked for. */
function wait(at: (ms: number) => { version: string; busy: boolean }, { sensor = true } = {}) {
  let now = 0
  const patience = new Patience(SETTLE_MS, sensor, () => now)
  const askedAt: number[] = []
  for (; now < FOR_EVER_MS; now += LOOK_EVERY_MS) {
    const { version, busy } = at(now)
    const { waitedFor, neglected } = patience.look([{ path: 'day.csv', fingerprint: version }], busy)
    if (waitedFor.length === 0) break
    if (neglected.length === 0 || busy) continue
    patience.asked(neglected)
    askedAt.push(now)
  }
  return { endedAt: now, askedAt }
}

test('a file that grows for ever is waited for ten times `settle`, and no longer behind imports than they last', () => {
  expect(wait((ms) => ({ version: String(ms), busy: false })).endedAt).toBe(10 * SETTLE_MS)
  const behind = wait((ms) => ({ version: String(ms), busy: ms < 60_000 }))
  expect(behind.endedAt).toBeGreaterThan(60_000)
  expect(behind.endedAt).toBeLessThan(60_000 + 2 * SETTLE_MS)
})

test('a file that waited out its patience behind an open import has time for its own after that', () => {
  const { endedAt, askedAt } = wait((ms) => ({ version: 'b', busy: ms < 60_000 }))
  expect(endedAt).toBeGreaterThan(60_000 + SETTLE_MS + 5_000)
  expect(endedAt).toBeLessThan(60_000 + 20_000)
  expect(askedAt).toHaveLength(1) // also where the sensor is deaf
})

test('a file that nobody ever takes, such as one that lacks its marker, is not waited for for ever, with a sensor or without', () => {
  for (const sensor of [true, false]) {
    let busyUntil = 0
    const { endedAt } = wait(
      (ms) => {
        const busy = ms < busyUntil
        // Each asking is a batch of some seconds.
        if (!busy && ms >= busyUntil + 1_000) busyUntil = ms + 3_000
        return { version: 'a', busy: busy && ms < 40_000 }
      },
      { sensor },
    )
    expect(endedAt).toBeLessThan(70_000)
  }
})

test('without a sensor a file is asked for at once', () => {
  expect(wait(() => ({ version: 'a', busy: false }), { sensor: false }).askedAt[0]).toBe(0)
})
