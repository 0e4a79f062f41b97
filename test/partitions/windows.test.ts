import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DEFAULT_FORMATS } from '../../src/partitions/key-format.ts'
import type { TimePartitions, Window } from '../../src/partitions/partitions.ts'
import { expectedSpans, lastWhole, next, previous, windowAt, windowOf, windows } from '../../src/partitions/windows.ts'

const HOUR = 3_600_000

function partitions(kind: TimePartitions['kind'], settings: Partial<TimePartitions> = {}): TimePartitions {
  return { kind, start: '2018-01-22', timezone: 'UTC', offsetMs: 0, format: DEFAULT_FORMATS[kind], ...settings }
}

function shown(window: Window | undefined): string | undefined {
  return window && `${window.key}: ${window.start.toISOString()} to ${window.end.toISOString()}`
}

function hours(window: Window | undefined): number | undefined {
  return window && (window.end.getTime() - window.start.getTime()) / HOUR
}

test('each kind has its windows', () => {
  expect(shown(windowOf(partitions('hourly'), '2018-01-22-05'))).toBe(
    '2018-01-22-05: 2018-01-22T05:00:00.000Z to 2018-01-22T06:00:00.000Z',
  )
  expect(shown(windowOf(partitions('daily'), '2018-01-22'))).toBe(
    '2018-01-22: 2018-01-22T00:00:00.000Z to 2018-01-23T00:00:00.000Z',
  )
  expect(shown(windowOf(partitions('weekly'), '2018-01-22'))).toBe(
    '2018-01-22: 2018-01-22T00:00:00.000Z to 2018-01-29T00:00:00.000Z',
  )
  expect(shown(windowOf(partitions('monthly'), '2018-02'))).toBe('2018-02: 2018-02-01T00:00:00.000Z to 2018-03-01T00:00:00.000Z')
  expect(windowOf({ kind: 'dynamic' }, '2018-02')).toBeUndefined()
})

test('an offset shifts every boundary in wall-clock time', () => {
  const daily = partitions('daily', { timezone: 'Europe/Berlin', offsetMs: 6 * HOUR })
  expect(shown(windowOf(daily, '2018-01-22'))).toBe('2018-01-22: 2018-01-22T05:00:00.000Z to 2018-01-23T05:00:00.000Z')
  expect(windowAt(daily, new Date('2018-01-22T04:59:59.999Z')).key).toBe('2018-01-21')
  expect(hours(windowOf(daily, '2018-03-24'))).toBe(23)
  const weekly = partitions('weekly', { offsetMs: 24 * HOUR })
  expect(shown(windowOf(weekly, '2018-01-23'))).toBe('2018-01-23: 2018-01-23T00:00:00.000Z to 2018-01-30T00:00:00.000Z')
  expect(windowOf(weekly, '2018-01-22')).toBeUndefined()
  const isoWeek = partitions('weekly', { offsetMs: 24 * HOUR, format: "kkkk-'W'WW" })
  expect(windowOf(isoWeek, '2018-W04')?.start.toISOString()).toBe('2018-01-23T00:00:00.000Z')
  const monthly = partitions('monthly', { offsetMs: 30 * HOUR })
  expect(windowOf(monthly, '2018-02')?.start.toISOString()).toBe('2018-02-02T06:00:00.000Z')
  const written = partitions('daily', { offsetMs: 6 * HOUR, format: 'yyyyMMddHH' })
  expect(windowOf(written, '2018012206')?.start.toISOString()).toBe('2018-01-22T06:00:00.000Z')
  expect(windowOf(written, '2018012200')).toBeUndefined()
})

test('days last 23 and 25 hours when the clocks change', () => {
  const berlin = partitions('daily', { timezone: 'Europe/Berlin' })
  expect(hours(windowOf(berlin, '2018-03-25'))).toBe(23)
  expect(hours(windowOf(berlin, '2018-10-28'))).toBe(25)
  expect(hours(windowOf(partitions('daily', { timezone: 'Australia/Lord_Howe' }), '2018-04-01'))).toBe(24.5)
})

test('a day whose midnight is skipped begins when the clocks begin it', () => {
  const saoPaulo = partitions('daily', { timezone: 'America/Sao_Paulo' })
  expect(shown(windowOf(saoPaulo, '2018-11-04'))).toBe('2018-11-04: 2018-11-04T03:00:00.000Z to 2018-11-05T02:00:00.000Z')
  expect(hours(windowOf(partitions('daily', { timezone: 'Africa/Cairo' }), '2023-04-28'))).toBe(23)
})

test('the hour that is shown twice is one partition, and the one that is skipped is none', () => {
  const berlin = partitions('hourly', { timezone: 'Europe/Berlin' })
  expect(shown(windowOf(berlin, '2018-10-28-02'))).toBe('2018-10-28-02: 2018-10-28T00:00:00.000Z to 2018-10-28T02:00:00.000Z')
  expect(windowAt(berlin, new Date('2018-10-28T01:30:00Z')).key).toBe('2018-10-28-02')
  expect(windowOf(berlin, '2018-03-25-02')).toBeUndefined()
  expect([...windows(berlin, '2018-03-25-01', '2018-03-25-04')].map(({ key }) => key)).toEqual([
    '2018-03-25-01',
    '2018-03-25-03',
    '2018-03-25-04',
  ])
  const lordHowe = partitions('hourly', { timezone: 'Australia/Lord_Howe' })
  expect(hours(windowOf(lordHowe, '2018-04-01-01'))).toBe(1.5)
  expect(hours(windowOf(lordHowe, '2018-10-07-02'))).toBe(0.5)
})

test('a day that was never is no partition', () => {
  const apia = partitions('daily', { timezone: 'Pacific/Apia' })
  expect(windowOf(apia, '2011-12-30')).toBeUndefined()
  expect([...windows(apia, '2011-12-29', '2011-12-31')].map(({ key }) => key)).toEqual(['2011-12-29', '2011-12-31'])
})

test('an hour that has ended stays ended where midnight comes twice', () => {
  const stJohns = partitions('hourly', { timezone: 'America/St_Johns' })
  // At 00:01 on 7 November 2010 the clocks went back to 23:01 of the day before.
  expect(windowAt(stJohns, new Date('2010-11-07T03:00:00Z')).key).toBe('2010-11-07-00')
  expect(hours(windowOf(stJohns, '2010-11-07-00'))).toBe(2)
})

test('the last whole window has ended', () => {
  const berlin = partitions('daily', { timezone: 'Europe/Berlin' })
  expect(lastWhole(berlin, new Date('2018-01-23T06:00:00Z')).key).toBe('2018-01-22')
  expect(lastWhole(berlin, new Date('2018-01-22T23:00:00.000Z')).key).toBe('2018-01-22')
  expect(lastWhole(berlin, new Date('2018-01-22T22:59:59.999Z')).key).toBe('2018-01-21')
})

test('expected windows run from start to end, and to the last that has ended', () => {
  const keys = (end: string | undefined, instant: string) =>
    [...expectedSpans(partitions('daily', { end }), new Date(instant))].map(({ key }) => key)
  expect(keys('2018-01-24', '2018-03-01T00:00:00Z')).toEqual(['2018-01-22', '2018-01-23', '2018-01-24'])
  expect(keys('2018-01-24', '2018-01-24T00:00:00Z')).toEqual(['2018-01-22', '2018-01-23'])
  expect(keys(undefined, '2018-01-24T23:59:59Z')).toEqual(['2018-01-22', '2018-01-23'])
  expect(keys(undefined, '2018-01-22T12:00:00Z')).toEqual([])
  expect(keys('2018-01-24', '2017-01-22T12:00:00Z')).toEqual([])
})

test('a range names what is wrong with it', () => {
  const daily = partitions('daily')
  expect(() => windows(daily, '2018-01-24', '2018-01-22')).toThrow(/2018-01-24 is after 2018-01-22/)
  expect(() => windows(daily, '2018-1-2', '2018-01-22')).toThrow(/"2018-1-2" is no daily partition.*yyyy-MM-dd/)
})

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'America/Sao_Paulo',
  'Africa/Cairo',
  'Pacific/Apia',
  'America/St_Johns',
  'Africa/Casablanca',
  'Antarctica/Troll',
  'Asia/Kathmandu',
]
const LIMITS = { hourly: 1, daily: 24, weekly: 168, monthly: 672 }

const anyPartitions = fc
  .constantFrom('hourly', 'daily', 'weekly', 'monthly')
  .chain((kind) =>
    fc
      .record({ timezone: fc.constantFrom(...ZONES), share: fc.constantFrom(0, 0, 0, 0.25, 0.5, 0.99) })
      .map(({ timezone, share }) => partitions(kind, { timezone, offsetMs: Math.floor(share * LIMITS[kind]) * HOUR })),
  )

/** Half of them within a day and a half of a change of the clocks somewhere. */
const CHANGES = [
  '2018-03-25T01:00Z',
  '2018-10-28T01:00Z',
  '2018-03-11T07:00Z',
  '2018-11-04T03:00Z',
  '2018-02-18T02:00Z',
  '2018-03-31T15:00Z',
  '2018-10-06T15:30Z',
  '2011-12-30T10:00Z',
  '2023-04-27T22:00Z',
  '2023-10-26T21:00Z',
  '2010-11-07T02:31Z',
  '2010-03-14T03:31Z',
].map((time) => Date.parse(time))
const instants = fc
  .oneof(
    fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2035, 0) }),
    fc.tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -36 * HOUR, max: 36 * HOUR })).map(([change, by]) => change + by),
    fc
      .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -72, max: 72 }))
      .map(([change, halves]) => change + (halves * HOUR) / 2),
  )
  .map((time) => new Date(time))

test('windows tile time, without gap or overlap, and every key names its window', () => {
  fc.assert(
    fc.property(anyPartitions, instants, (some, instant) => {
      const window = windowAt(some, instant)
      expect(window.start <= instant && instant < window.end).toBe(true)
      const after = next(some, window)
      expect(after.start).toEqual(window.end)
      expect(after.end > after.start).toBe(true)
      expect(previous(some, after)).toEqual(window)
      const before = previous(some, window)
      expect(before.end).toEqual(window.start)
      expect(before.end > before.start).toBe(true)
      expect(next(some, before)).toEqual(window)
      expect(windowOf(some, window.key)).toEqual(window)
      expect(windowAt(some, window.start)).toEqual(window)
      expect(windowAt(some, new Date(window.end.getTime() - 1))).toEqual(window)
      expect(new Set([before.key, window.key, after.key]).size).toBe(3)
      const last = lastWhole(some, instant)
      expect(last.end <= instant && next(some, last).end > instant).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

test('a walk in numbers comes by the same windows as a step from each to the next', () => {
  fc.assert(
    fc.property(anyPartitions, instants, fc.nat({ max: 400 }), fc.boolean(), (some, instant, steps, bounded) => {
      const walked: Window[] = [windowAt(some, instant)]
      for (let last = walked[0]; last !== undefined && walked.length < steps; last = walked.at(-1)) walked.push(next(some, last))
      const [first, last] = [walked[0], walked.at(-1)]
      if (first === undefined || last === undefined) throw new Error('there is always one')
      // Up to the last one, which has ended: its end is the last moment, or `end` says so.
      const until = bounded ? new Date(last.end.getTime() + 1_000 * HOUR) : last.end
      const within = { ...some, start: first.key, end: bounded ? last.key : undefined }
      const spans = walked.map(({ key, start, end }) => ({ key, start: start.getTime(), end: end.getTime() }))
      expect([...expectedSpans(within, until)]).toEqual(spans)
      expect([...expectedSpans(within, new Date(last.end.getTime() - 1))]).toEqual(spans.slice(0, -1))
    }),
    { numRuns: 300 },
  )
})
