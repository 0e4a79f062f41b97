import { expect, test } from '@jest/globals'
import { daily, duckdb, dynamic, hourly, localFolder } from '../../src/config/define.ts'
import { parseConfig } from '../../src/config/parse.ts'
import type { PipelineInput } from '../../src/config/schema.ts'
import { freshnessOf } from '../../src/freshness/freshness.ts'
import type { Freshness } from '../../src/freshness/state.ts'
import type { PartitionRecord } from '../../src/warehouse/partition-record.ts'

const NONE = { files: 0, rows: 0, held: 0, duplicates: 0, removed: 0, ignored: 0, claimed: false }
const LOADED = { files: 1, rows: 8, firstLoadedMs: Date.parse('2018-01-25T06:00Z'), loadedMs: Date.parse('2018-01-26T06:00Z') }
const AT_SIX = { cron: '0 6 * * *', lateAfter: '45m', missingAfter: '24h' } as const

type Known = Readonly<Record<string, Partial<PartitionRecord>>>

function fresh(fields: Partial<PipelineInput>, known: Known, now: string, begunMs?: number): Freshness {
  const config = parseConfig(
    {
      warehouse: duckdb('w.duckdb'),
      pipelines: {
        prices: {
          source: localFolder('source', { files: '{partition}.csv' }),
          partitions: daily({ start: '2018-01-22' }),
          table: 'prices',
          columns: { price: 'DOUBLE' },
          ...(fields.schedule === undefined ? { sensor: {} } : {}),
          ...fields,
        },
      },
    },
    '/project/tidemark.config.ts',
  )
  const pipeline = config.pipelines.get('prices')
  if (pipeline === undefined) throw new Error('the pipeline is not there')
  const records = Object.entries(known).map(([key, record]) => ({
    key,
    ...NONE,
    firstLoadedMs: undefined,
    loadedMs: undefined,
    ...record,
  }))
  return freshnessOf(pipeline, { records, begunMs }, new Date(now))
}

const statesOf = ({ partitions }: Freshness) => Object.fromEntries(partitions.map(({ key, state }) => [key, state]))
const stateOf = (freshness: Freshness, key: string) => freshness.partitions.find((partition) => partition.key === key)

test.each([
  ['2018-01-23T05:59:59Z', 'waiting'],
  ['2018-01-23T06:44:59Z', 'waiting'],
  ['2018-01-23T06:45:00Z', 'late'],
  ['2018-01-24T05:59:59Z', 'late'],
  ['2018-01-24T06:00:00Z', 'missing'],
  ['2026-01-24T06:00:00Z', 'missing'],
] as const)('a scheduled day without a file is due at its tick: at %s it is %s', (now, state) => {
  expect(stateOf(fresh({ schedule: AT_SIX }, {}, now), '2018-01-22')).toMatchObject({
    state,
    start: '2018-01-22T00:00',
    dueAt: state === 'missing' ? null : '2018-01-23T06:00:00.000Z',
  })
})

test('a day whose cron has no tick is due at the one after', () => {
  // 2018-01-26 is a Friday: no tick loads it on Saturday.
  const weekdays = { ...AT_SIX, cron: '0 6 * * 1-5' }
  const states = (now: string) => statesOf(fresh({ schedule: weekdays }, { '2018-01-25': LOADED }, now))
  expect(states('2018-01-29T06:44:00Z')).toMatchObject({
    '2018-01-26': 'waiting',
    '2018-01-27': 'waiting',
    '2018-01-28': 'waiting',
  })
  expect(states('2018-01-29T06:45:00Z')).toMatchObject({ '2018-01-26': 'late', '2018-01-27': 'late', '2018-01-28': 'late' })
})

test('a tick is at the local time of its schedule', () => {
  const schedule = { ...AT_SIX, timezone: 'America/New_York', lateAfter: '0s' } as const
  expect(stateOf(fresh({ schedule }, {}, '2018-01-23T10:59:59Z'), '2018-01-22')?.state).toBe('waiting')
  expect(stateOf(fresh({ schedule }, {}, '2018-01-23T11:00:00Z'), '2018-01-22')?.state).toBe('late')
})

test('what the ledger says goes before the clock', () => {
  const known: Known = {
    '2018-01-22': LOADED,
    '2018-01-23': { ...LOADED, held: 1 },
    '2018-01-24': { held: 1, claimed: true },
    '2018-01-25': { removed: 1 },
    '2018-01-26': { duplicates: 1 },
    '2018-02-30': { held: 1 },
    '2018-01-28': LOADED,
  }
  const freshness = fresh({ schedule: AT_SIX }, known, '2018-01-28T12:00:00Z')
  expect(statesOf(freshness)).toEqual({
    '2018-01-22': 'loaded',
    '2018-01-23': 'held',
    '2018-01-24': 'loading',
    '2018-01-25': 'not expected',
    '2018-01-26': 'loaded',
    '2018-01-27': 'late',
    '2018-01-28': 'loaded',
    '2018-02-30': 'held',
  })
  expect(freshness.counts).toEqual({ loaded: 3, held: 2, loading: 1, waiting: 0, late: 1, missing: 0, 'not expected': 1 })
  expect(freshness.newest).toEqual({
    key: '2018-01-28',
    endedAt: '2018-01-29T00:00:00.000Z',
    loadedAt: '2018-01-26T06:00:00.000Z',
  })
  expect(stateOf(freshness, '2018-02-30')?.start).toBeNull()
  // The day after the one that is there before its time.
  expect(freshness.next).toMatchObject({ key: '2018-01-29', dueAt: '2018-01-30T06:00:00.000Z' })
  expect(freshness.changesAt).toBe('2018-01-29T06:00:00.000Z')
})

test('without a schedule a partition is due so long after its end', () => {
  const expected = { dueAfter: '6h', lateAfter: '1h', missingAfter: '2h' } as const
  const at = (now: string) => stateOf(fresh({ expect: expected }, {}, now), '2018-01-22')
  expect(at('2018-01-23T06:59:59Z')).toMatchObject({ state: 'waiting', dueAt: '2018-01-23T06:00:00.000Z' })
  expect(at('2018-01-23T07:00:00Z')?.state).toBe('late')
  expect(at('2018-01-23T08:00:00Z')?.state).toBe('missing')
})

test('nothing is expected where the config does not say when', () => {
  const freshness = fresh({}, { '2018-01-23': LOADED }, '2018-01-25T00:00:00Z')
  expect(statesOf(freshness)).toEqual({ '2018-01-22': 'not expected', '2018-01-23': 'loaded', '2018-01-24': 'not expected' })
  expect(freshness).toMatchObject({ next: null, changesAt: null })
})

test('too few files or rows are not enough, and the clock goes on', () => {
  const at = (record: Partial<PartitionRecord>, now: string) =>
    stateOf(fresh({ schedule: AT_SIX, expect: { files: 2, rows: 10 } }, { '2018-01-22': record }, now), '2018-01-22')
  expect(at(LOADED, '2018-01-23T06:45:00Z')).toMatchObject({ state: 'late', reason: '1 of 2 files', files: 1 })
  expect(at({ ...LOADED, files: 2 }, '2018-01-24T06:00:00Z')).toMatchObject({ state: 'missing', reason: '8 of 10 rows' })
  expect(at({ ...LOADED, files: 2, rows: 10 }, '2018-01-24T06:00:00Z')).toMatchObject({ state: 'loaded', reason: null })
})

test('on a day off nothing is expected, and what comes is loaded, however little', () => {
  const fields = { schedule: AT_SIX, expect: { rows: 10, except: ['sat', 'sun', '2018-01-23', '01-24'] } } as const
  const freshness = fresh(fields, { '2018-01-27': LOADED }, '2018-02-03T00:00:00Z')
  expect(statesOf(freshness)).toMatchObject({
    '2018-01-22': 'missing',
    '2018-01-23': 'not expected',
    '2018-01-24': 'not expected',
    '2018-01-26': 'missing',
    '2018-01-27': 'loaded',
    '2018-01-28': 'not expected',
    '2018-01-29': 'missing',
  })
  expect(stateOf(fresh(fields, {}, '2019-01-25T00:00:00Z'), '2019-01-24')?.state).toBe('not expected')
  // Friday waits; after it Monday is the next.
  expect(freshness.next?.key).toBe('2018-02-02')
  expect(fresh(fields, { '2018-02-02': { ...LOADED, rows: 10 } }, '2018-02-03T00:00:00Z').next?.key).toBe('2018-02-05')
})

test('after the last partition nothing is to come', () => {
  const partitions = daily({ start: '2018-01-22', end: '2018-01-22' })
  expect(fresh({ partitions, schedule: AT_SIX }, { '2018-01-22': LOADED }, '2018-01-24T00:00:00Z')).toMatchObject({
    next: null,
    changesAt: null,
    counts: { loaded: 1 },
  })
})

test('an hour that the clocks jump over is no partition, and hours are in the order of time', () => {
  const partitions = hourly({ start: '2018-03-25-00', timezone: 'Europe/Berlin' })
  const freshness = fresh({ partitions }, {}, '2018-03-25T03:00:00Z')
  expect(freshness.partitions.map(({ start }) => start)).toEqual([
    '2018-03-25T00:00',
    '2018-03-25T01:00',
    '2018-03-25T03:00',
    '2018-03-25T04:00',
  ])
})

test('of keys that are found, a new one is expected so often', () => {
  const fields = { partitions: dynamic(), expect: { every: '1d', lateAfter: '1h', missingAfter: '1d' } } as const
  const at = (now: string) => fresh(fields, { b: LOADED, a: { held: 1 } }, now)
  expect(at('2018-01-26T06:59:59Z')).toMatchObject({
    partitions: [
      { key: 'a', state: 'held' },
      { key: 'b', state: 'loaded', start: null },
    ],
    next: { key: null, state: 'waiting', dueAt: '2018-01-26T06:00:00.000Z' },
    newest: { key: 'b' },
    changesAt: '2018-01-26T07:00:00.000Z',
  })
  expect(at('2018-01-26T07:00:00Z')).toMatchObject({ next: { state: 'late' }, changesAt: '2018-01-27T06:00:00.000Z' })
  expect(at('2018-01-27T06:00:00Z')).toMatchObject({ next: { state: 'missing' }, changesAt: null })
})

test('where nothing ever came, a key is expected since the pipeline began', () => {
  const fields = { partitions: dynamic(), expect: { every: '1d' } } as const
  expect(fresh(fields, {}, '2018-01-26T06:00:00Z').next).toBeNull()
  expect(fresh(fields, {}, '2018-01-25T07:00:00Z', Date.parse('2018-01-24T05:00Z')).next).toMatchObject({
    state: 'late',
    dueAt: '2018-01-25T05:00:00.000Z',
  })
})

test('days off do not count between two keys', () => {
  const every = (except: string[]) =>
    fresh({ partitions: dynamic(), expect: { every: '36h', except } }, { a: LOADED }, '2018-01-25T07:00:00Z').next?.dueAt
  // 2018-01-25 is a Thursday, and a came at six.
  expect(every([])).toBe('2018-01-26T18:00:00.000Z')
  expect(every(['fri', 'sat', 'sun'])).toBe('2018-01-29T18:00:00.000Z')
  expect(every(['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'])).toBeUndefined()
})

test('a key with too little is due from when it came, and one that was left out is not expected', () => {
  const fields = { partitions: dynamic(), expect: { rows: 10, lateAfter: '1h', missingAfter: '2h' } } as const
  const freshness = fresh(fields, { a: LOADED, b: { ignored: 1 }, c: { ...LOADED, rows: 10 } }, '2018-01-25T07:00:00Z')
  expect(freshness.partitions).toMatchObject([
    { key: 'a', state: 'late', reason: '8 of 10 rows' },
    { key: 'b', state: 'not expected' },
    { key: 'c', state: 'loaded' },
  ])
  expect(freshness.changesAt).toBe('2018-01-25T08:00:00.000Z')
})

test('a key that begins with a date has a place in a calendar', () => {
  const keys = ['2018-01-22', '2018-01-22-06', '2018-01-22T07', '2018-01-22_eu', '2018-02-30', '2018-01-22-077', 'x2018-01-22']
  const { partitions } = fresh(
    { partitions: dynamic() },
    Object.fromEntries(keys.map((key) => [key, LOADED])),
    '2018-01-25T07:00Z',
  )
  expect(Object.fromEntries(partitions.map(({ key, start }) => [key, start]))).toEqual({
    '2018-01-22': '2018-01-22T00:00',
    '2018-01-22-06': '2018-01-22T06:00',
    '2018-01-22T07': '2018-01-22T07:00',
    '2018-01-22_eu': '2018-01-22T00:00',
    '2018-02-30': null,
    '2018-01-22-077': '2018-01-22T00:00',
    'x2018-01-22': null,
  })
})
