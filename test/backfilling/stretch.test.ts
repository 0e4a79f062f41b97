import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type StretchRequest, stretchOf } from '../../src/backfilling/stretch.ts'
import type { Partitions, TimePartitions } from '../../src/partitions/partitions.ts'
import { windows } from '../../src/partitions/windows.ts'

const AT = Date.parse('2018-01-10T12:00:00Z')
const DAYS: TimePartitions = { kind: 'daily', start: '2018-01-01', timezone: 'UTC', offsetMs: 0, format: 'yyyy-MM-dd' }

const DYNAMIC: Partitions = { kind: 'dynamic' }

/** Stretch after stretch, until nothing is beyond; dynamic ones find what `there` has. */
function all(partitions: Partitions, request: Omit<StretchRequest, 'after' | 'at'>, size: number, there: readonly string[] = []) {
  const stretches: (readonly string[])[] = []
  let after: string | undefined
  for (;;) {
    const stretch = stretchOf(partitions, { at: AT, ...request, after }, size)
    for (const key of there) if (stretch.wants(key)) stretch.found(key)
    const keys = stretch.keys()
    stretches.push(keys)
    after = keys.at(-1)
    if (stretch.beyond() === 0) return stretches
    expect(keys).toHaveLength(size)
  }
}

const keysOf = (...request: Parameters<typeof all>) => all(...request).flat()
const refusal = (partitions: Partitions, request: Partial<StretchRequest>) => () => stretchOf(partitions, { at: AT, ...request })

describe('days', () => {
  test('from the start to the last whole day, in pieces, in either order', () => {
    const days = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((day) => `2018-01-0${day}`)
    expect(all(DAYS, {}, 4)).toEqual([days.slice(0, 4), days.slice(4, 8), days.slice(8)])
    expect(keysOf(DAYS, { newestFirst: true }, 4)).toEqual([...days].reverse())
  })

  test('the end of the partitions, an end that is named, and a start', () => {
    expect(keysOf({ ...DAYS, end: '2018-01-03' }, {}, 9)).toEqual(['2018-01-01', '2018-01-02', '2018-01-03'])
    expect(keysOf({ ...DAYS, end: '2019-01-01' }, { from: '2018-01-09' }, 9)).toEqual(['2018-01-09'])
    expect(keysOf(DAYS, { from: '2018-01-09', to: '2018-01-11' }, 9)).toEqual(['2018-01-09', '2018-01-10', '2018-01-11'])
  })

  test('a key that is none, or outside, and a range that runs backwards or is not whole yet are refused', () => {
    expect(refusal(DAYS, { from: 'monday' })).toThrow('"monday" is no key of these daily partitions')
    expect(refusal(DAYS, { from: '2017-12-31' })).toThrow('2017-12-31 is before the first partition, 2018-01-01')
    expect(refusal(DAYS, { from: '2018-01-05', to: '2018-01-04' })).toThrow('2018-01-05 is after 2018-01-04; swap the two')
    expect(refusal(DAYS, { from: '2018-01-10' })).toThrow(
      'no partition from 2018-01-10 on is whole yet: the last one is 2018-01-09',
    )
    expect(refusal(DAYS, { partitions: ['2018-01-02', '2018-1-3'] })).toThrow('"2018-1-3" is no key')
  })

  test('a list, sorted by time where its text is not, each once', () => {
    const months: Partitions = { kind: 'monthly', start: '01/2017', timezone: 'UTC', offsetMs: 0, format: 'MM/yyyy' }
    const partitions = ['02/2018', '11/2017', '01/2018', '11/2017']
    expect(all(months, { partitions }, 2)).toEqual([['11/2017', '01/2018'], ['02/2018']])
    expect(keysOf(months, { partitions, newestFirst: true }, 2)).toEqual(['02/2018', '01/2018', '11/2017'])
  })

  test('about how many are beyond', () => {
    expect(stretchOf(DAYS, { at: AT, to: '2018-12-31' }, 65).beyond()).toBe(300)
    expect(stretchOf(DAYS, { at: AT, to: '2018-12-31', newestFirst: true }, 65).beyond()).toBe(300)
  })
})

/** The spring and autumn of these zones, where hours are missing and come twice. */
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'].flatMap((timezone) => {
  const hours: TimePartitions = { kind: 'hourly', start: '2018-01-01-00', timezone, offsetMs: 0, format: 'yyyy-MM-dd-HH' }
  const around = (from: string, to: string) => ({ hours, keys: [...windows(hours, from, to)].map(({ key }) => key) })
  return [around('2018-03-08-00', '2018-04-03-00'), around('2018-10-05-00', '2018-11-06-00')]
})

test('whatever the size, the range, the order and the clocks that change, the pieces are the range', () => {
  const size = fc.integer({ min: 1, max: 30 })
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.nat(700),
      fc.nat(60),
      size,
      fc.boolean(),
      ({ hours, keys }, start, length, size, newestFirst) => {
        const range = keys.slice(start).slice(0, length + 1)
        fc.pre(range.length > 0)
        const [from, to] = [range[0] ?? '', range.at(-1) ?? '']
        expect(keysOf(hours, { from, to, newestFirst }, size)).toEqual(newestFirst ? range.reverse() : range)
      },
    ),
  )
})

describe('dynamic partitions', () => {
  test('are those that the source has, within texts', () => {
    const there = ['b', 'a', 'd', 'c', 'é', 'b']
    expect(all(DYNAMIC, {}, 2, there)).toEqual([['a', 'b'], ['c', 'd'], ['é']])
    expect(keysOf(DYNAMIC, { from: 'b', to: 'c~' }, 2, there)).toEqual(['b', 'c'])
    expect(keysOf(DYNAMIC, { newestFirst: true, to: 'd' }, 3, there)).toEqual(['d', 'c', 'b', 'a'])
    expect(refusal(DYNAMIC, { from: 'b', to: 'a' })).toThrow('runs backwards: b is after a')
  })

  test('whatever their order in the listing, the pieces are all of them, sorted', () => {
    const key = fc.string({ minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(fc.array(key, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), fc.boolean(), (there, size, newestFirst) => {
        const sorted = [...new Set(there)].sort()
        expect(keysOf(DYNAMIC, { newestFirst }, size, there)).toEqual(newestFirst ? sorted.reverse() : sorted)
      }),
    )
  })
})
