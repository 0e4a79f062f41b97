import { expect, test } from '@jest/globals'
import { calendarLines, legend } from '../../src/cli/calendar.ts'
import type { Freshness, FreshnessState, PartitionFreshness } from '../../src/freshness/state.ts'

const plain = (_: FreshnessState, text: string) => text

function partition(key: string, start: string | null, state: FreshnessState = 'loaded'): PartitionFreshness {
  return { key, start, state, files: 1, rows: 1, loadedAt: null, dueAt: null, reason: null }
}

function daysFrom(first: string, count: number, stateOf: (day: number) => FreshnessState = () => 'loaded') {
  return Array.from({ length: count }, (_, day) => {
    const date = new Date(Date.parse(first) + day * 86_400_000).toISOString().slice(0, 10)
    return partition(date, `${date}T00:00`, stateOf(day))
  })
}

test('days have a row a month, each in its place', () => {
  const states: FreshnessState[] = ['loaded', 'held', 'loading', 'waiting', 'late', 'missing', 'not expected']
  const partitions = [...daysFrom('2018-01-22', 7, (day) => states[day] ?? 'loaded'), ...daysFrom('2018-02-01', 2)]
  expect(calendarLines({ kind: 'daily', partitions }, plain)).toEqual([
    '           1        10        20        30',
    `  2018-01  ${' '.repeat(21)}oH~wLM-`,
    '  2018-02  oo',
  ])
})

test('a year is shown, and what is before it is counted', () => {
  const lines = calendarLines({ kind: 'daily', partitions: daysFrom('2016-01-01', 3 * 365) }, plain)
  expect(lines).toHaveLength(14)
  expect(lines[1]).toBe(`  2018-01  ${'o'.repeat(31)}`)
  expect(lines[12]).toBe(`  2018-12  ${'o'.repeat(30)}`)
  expect(lines[13]).toBe('  not shown: 731 earlier')
})

test('of the hours of a day the worst is shown, and the last days by the hour', () => {
  const hours = daysFrom('2018-01-22', 9).flatMap(({ key }) =>
    Array.from({ length: 24 }, (_, hour) => {
      const text = String(hour).padStart(2, '0')
      return partition(`${key}-${text}`, `${key}T${text}:00`, key === '2018-01-30' && hour === 3 ? 'late' : 'loaded')
    }),
  )
  const lines = calendarLines({ kind: 'hourly', partitions: hours }, plain)
  expect(lines.slice(0, 2)).toEqual(['           1        10        20        30', `  2018-01  ${' '.repeat(21)}ooooooooL`])
  expect(lines).toHaveLength(2 + 1 + 7)
  expect(lines[9]).toBe(`  2018-01-30  oooL${'o'.repeat(20)}`)
})

test('months and weeks have a row a year', () => {
  const months = ['2017-11', '2017-12', '2018-01', '2018-03'].map((key) => partition(key, `${key}-01T00:00`))
  expect(calendarLines({ kind: 'monthly', partitions: months }, plain)).toEqual([`  2017  ${' '.repeat(10)}oo`, '  2018  o o'])
  const weeks = daysFrom('2018-01-01', 366).filter((_, day) => day % 7 === 0)
  expect(calendarLines({ kind: 'weekly', partitions: weeks }, plain)).toEqual([`  2018  ${'o'.repeat(53)}`])
})

test('keys without a date stand in their order, the last of them; those with one in a calendar', () => {
  const keys = Array.from({ length: 220 }, (_, n) =>
    partition(`k${String(n).padStart(3, '0')}`, null, n === 219 ? 'held' : 'loaded'),
  )
  const lines = calendarLines({ kind: 'dynamic', partitions: keys }, plain)
  expect(lines).toEqual([
    ...['k020', 'k070', 'k120'].map((key) => `  ${key}  ${'o'.repeat(50)}`),
    `  k170  ${'o'.repeat(49)}H`,
    '  not shown: 20 earlier',
  ])
  const dated = [...daysFrom('2018-01-01', 3), partition('notes', null, 'held')]
  expect(calendarLines({ kind: 'dynamic', partitions: dated }, plain).slice(1)).toEqual([
    '  2018-01  ooo',
    '  not shown: 1 without a date',
  ])
  expect(calendarLines({ kind: 'dynamic', partitions: [] }, plain)).toEqual([])
})

test('the letters that are there are explained, in the colour of each', () => {
  const counts: Freshness['counts'] = { loaded: 3, held: 0, loading: 0, waiting: 0, late: 1, missing: 0, 'not expected': 0 }
  expect(legend(counts, (state, text) => `<${state}>${text}`)).toBe('<loaded>o loaded 3  <late>L late 1')
})
