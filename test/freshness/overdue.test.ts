import { expect, test } from '@jest/globals'
import { NO_DAYS_OFF } from '../../src/freshness/days-off.ts'
import { freshnessOf } from '../../src/freshness/freshness.ts'
import { overdueIn } from '../../src/freshness/overdue.ts'
import { isNews } from '../../src/warehouse/overdue.ts'

const HOUR = 3_600_000
const PIPELINE = {
  name: 'dropped',
  partitions: { kind: 'dynamic' },
  expect: {
    due: { at: 'next', everyMs: HOUR },
    lateAfterMs: HOUR,
    missingAfterMs: 2 * HOUR,
    files: 1,
    rows: 0,
    except: NO_DAYS_OFF,
  },
} as const
const NONE = { files: 1, rows: 8, held: 0, duplicates: 0, removed: 0, ignored: 0, claimed: false }

function nextAfter(...hours: number[]) {
  const records = hours.map((hour) => ({ key: `k${hour}`, ...NONE, firstLoadedMs: hour * HOUR, loadedMs: hour * HOUR }))
  return (now: number) => overdueIn(PIPELINE, freshnessOf(PIPELINE, { records, begunMs: undefined }, new Date(now * HOUR)))
}

test('no new key is late, then missing; the next one has come, which is news to who was told', () => {
  const late = nextAfter(1)(3)
  expect(late).toEqual([
    { subject: 'next', state: 'late', text: 'no new partition after k1; one was due 1970-01-01T02:00:00.000Z' },
  ])
  expect(nextAfter(1)(4)).toMatchObject([{ subject: 'next', state: 'missing' }])
  const come = nextAfter(1, 4)(4)
  expect(come).toEqual([{ subject: 'next', state: null, text: 'a new partition has come: k4' }])
})

test.each([
  ['late', undefined, true],
  ['late', 'late', false],
  ['late', 'missing', false],
  ['missing', 'late', true],
  ['missing', 'missing', false],
  [null, 'late', true],
  [null, undefined, false],
] as const)('%s after %s was told: news %s', (state, told, news) => {
  expect(isNews(state, told)).toBe(news)
})
