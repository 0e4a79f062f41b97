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
          resumption.begin({ whole: whole || after === undefined })
          for (let at = 0; at < listed.length; at += 1_000) resumption.listed(listed.slice(at, at + 1_000))
          return listed
        }
        list(true)
        resumption.swept()
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
