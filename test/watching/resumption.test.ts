import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Resumption } from '../../src/watching/resumption.ts'

const HOUR = 3_600_000
const pathsOf = (names: readonly number[]) => names.map((name) => ({ path: `${String(name).padStart(6, '0')}.csv` }))
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

class Clock {
  at = 0
  now = () => this.at
}

test('a listing goes on from some names before the last one, until all is due again', () => {
  const clock = new Clock()
  const resumption = new Resumption(HOUR, clock)
  expect(resumption.after).toBeUndefined()
  resumption.begin({ whole: true })
  resumption.listed(pathsOf(range(0, 1_000)))
  resumption.listed(pathsOf(range(1_000, 1_200)))
  resumption.swept()
  expect(resumption.after).toBe('000699.csv')
  resumption.begin({ whole: false })
  resumption.listed(pathsOf(range(700, 1_210)))
  expect(resumption.after).toBe('000709.csv')
  clock.at = HOUR
  expect(resumption.after).toBeUndefined()
  expect(resumption.mark).toBe('000709.csv')
})

test('few names are listed all each time, and so is what cannot be resumed', () => {
  for (const [everyMs, count] of [
    [HOUR, 500],
    [undefined, 5_000],
  ] as const) {
    const resumption = new Resumption(everyMs)
    resumption.begin({ whole: true })
    resumption.listed(pathsOf(range(0, count)))
    resumption.swept()
    expect(resumption.after).toBeUndefined()
  }
})

test('a listing of all that does not come to its end changes nothing', () => {
  const resumption = new Resumption(HOUR, new Clock())
  resumption.begin({ whole: true })
  resumption.listed(pathsOf(range(0, 1_000)))
  expect(resumption.mark).toBeUndefined()
  resumption.swept()
  resumption.begin({ whole: true })
  resumption.listed(pathsOf(range(0, 700)))
  expect(resumption.mark).toBe('000499.csv')
  resumption.begin({ whole: false })
  resumption.listed(pathsOf(range(500, 1_100)))
  expect(resumption.after).toBe('000599.csv')
})

test.each([
  ['a minute ago', 60_000, '000499.csv'],
  ['just now', 0, '000499.csv'],
  ['when all was due long since', HOUR, undefined],
  ['in the future, by a clock that differs', -1, undefined],
  ['at no time', Number.NaN, undefined],
])('who goes on from where another was, who had listed all %s', (_, ago, after) => {
  const clock = new Clock()
  clock.at = 5_000
  const resumption = new Resumption(HOUR, clock)
  resumption.goOn('000499.csv', ago)
  expect(resumption.after).toBe(after)
  expect(resumption.mark).toBe('000499.csv')
  clock.at += HOUR - Math.max(0, ago || 0)
  expect(resumption.after).toBeUndefined()
})

test('whatever comes after the last names is listed, and at most as many older names', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 3_000 }),
      fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 8 }),
      (first, more) => {
        const resumption = new Resumption(HOUR, new Clock())
        let names = range(0, first)
        const list = (whole: boolean) => {
          const { after } = resumption
          const listed = pathsOf(names).filter(({ path }) => whole || after === undefined || path > after)
          const isWhole = whole || after === undefined
          resumption.begin({ whole: isWhole })
          for (let at = 0; at < listed.length; at += 1_000) resumption.listed(listed.slice(at, at + 1_000))
          if (isWhole) resumption.swept()
          return listed
        }
        list(true)
        for (const count of more) {
          const before = names.length
          names = range(0, before + count)
          const listed = list(false)
          expect(listed).toEqual(pathsOf(names.slice(Math.max(0, before - 500))))
        }
      },
    ),
  )
})
