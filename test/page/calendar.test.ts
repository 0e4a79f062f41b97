import { expect, test } from '@jest/globals'
import { freshnessOf } from '../../src/freshness/freshness.ts'
import { calendarOf } from '../../src/page/calendar.ts'
import { partitionPage } from '../../src/page/partition-list.ts'
import type { PartitionRecord } from '../../src/warehouse/partition-record.ts'
import { parsedPipeline } from './parsed-pipeline.ts'

const NOW = new Date('2018-06-01T12:00:00Z')

function loaded(key: string, more: Partial<PartitionRecord> = {}): PartitionRecord {
  const at = NOW.getTime()
  return {
    key,
    files: 1,
    rows: 2,
    held: 0,
    duplicates: 0,
    removed: 0,
    ignored: 0,
    firstLoadedMs: at,
    loadedMs: at,
    claimed: false,
    ...more,
  }
}

function calendar(partitions: Parameters<typeof parsedPipeline>[0], records: readonly PartitionRecord[], year?: string) {
  return calendarOf(freshnessOf(parsedPipeline(partitions), { records, begunMs: 0 }, NOW), year)
}

test('a year at a time: the newest, or the one that is asked for', () => {
  const days = { kind: 'daily', start: '2016-12-30', end: '2018-01-02' } as const
  const newest = calendar(days, [loaded('2018-01-01')])
  expect(newest).toMatchObject({ year: '2018', years: ['2016', '2017', '2018'], undated: 0 })
  expect(newest.cells.map(({ label, state }) => `${label} ${state}`)).toEqual(['2018-01-01 loaded', '2018-01-02 missing'])
  expect(calendar(days, [], '2017').cells).toHaveLength(365)
  expect(calendar(days, [], '1999').year).toBe('2018')
})

test('hours are one square a day, with the state of the worst', () => {
  const { cells } = calendar({ kind: 'hourly', start: '2018-05-01-00', end: '2018-05-02-23' }, [
    ...Array.from({ length: 24 }, (_, hour) => loaded(`2018-05-01-${String(hour).padStart(2, '0')}`)),
    loaded('2018-05-02-00'),
    loaded('2018-05-02-01', { held: 1 }),
  ])
  expect(cells).toEqual([
    { label: '2018-05-01', state: 'loaded', start: '2018-05-01', partitions: 24, loaded: 24, files: 24, rows: 48 },
    { label: '2018-05-02', state: 'held', start: '2018-05-02', partitions: 24, loaded: 1, files: 2, rows: 4 },
  ])
})

test('dynamic keys without a date are counted, and listed', () => {
  const records = [loaded('2018-05-02'), loaded('2018-05-02-06'), loaded('berlin')]
  const found = calendar({ kind: 'dynamic' }, records)
  expect(found).toMatchObject({ undated: 1, cells: [{ label: '2018-05-02', partitions: 2 }] })
  const freshness = freshnessOf(parsedPipeline({ kind: 'dynamic' }), { records, begunMs: 0 }, NOW)
  const keys = (filter: object) => partitionPage(freshness, { page: 1, ...filter }).partitions.map(({ key }) => key)
  expect(keys({ within: 'undated' })).toEqual(['berlin'])
  expect(keys({ within: '2018-05-02' })).toEqual(['2018-05-02-06', '2018-05-02'])
  expect(keys({ text: 'erl' })).toEqual(['berlin'])
})

test('a hundred thousand partitions are a year of squares and a page of lines', () => {
  const partitions = { kind: 'hourly', start: '2007-01-01-00', end: '2018-05-28-23' } as const
  const freshness = freshnessOf(parsedPipeline(partitions), { records: [], begunMs: 0 }, NOW)
  expect(freshness.partitions.length).toBeGreaterThan(99_000)
  expect(calendarOf(freshness, '2012').cells).toHaveLength(366)
  const last = partitionPage(freshness, { page: 1e9 })
  expect(last.page).toBe(last.pages)
  expect(last.partitions.at(-1)?.key).toBe('2007-01-01-00')
  expect(partitionPage(freshness, { page: 1 }).partitions).toHaveLength(50)
})
