import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DateTime } from 'luxon'
import { plainReader, plainWriter } from '../../src/partitions/plain-format.ts'

const FIRST = new Date('0000-01-01T00:00:00Z')
const LAST = new Date('9999-12-31T23:59:59Z')

test('what is written fast is what Luxon writes', () => {
  const piece = fc.constantFrom('yyyy', 'MM', 'dd', 'HH', 'mm', '-', '/', '_', '.', ' ', '7', 'é')
  const instant = fc.date({ min: FIRST, max: LAST, noInvalidDate: true })
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), instant, (pieces, at) => {
      const format = pieces.join('')
      const written = plainWriter(format)?.(at.getTime())
      // Tokens that touch their like, as yyyyyyyy, are others.
      fc.pre(written !== undefined)
      expect(written).toBe(DateTime.fromMillis(at.getTime(), { zone: 'utc', locale: 'en-US' }).toFormat(format))
    }),
    { numRuns: 2_000 },
  )
})

const LUXON = { zone: 'utc', locale: 'en-US' } as const

function readByLuxon(format: string, text: string): number | undefined {
  const date = DateTime.fromFormat(text, format, LUXON)
  return date.isValid && date.toFormat(format) === text ? date.toMillis() : undefined
}

test('what is read fast is what Luxon reads, and what it refuses is refused', () => {
  const piece = fc.constantFrom('MM', 'dd', 'HH', 'mm', '-', '/', '_', '.', ' ', '7', 'é')
  const format = fc.array(piece, { maxLength: 6 }).map((pieces) => ['yyyy', ...pieces].join(''))
  const instant = fc.date({ min: FIRST, max: LAST, noInvalidDate: true })
  const change = fc.option(fc.tuple(fc.nat(20), fc.constantFrom('0', '1', '3', '9', '-', '', 'x', '٣')))
  fc.assert(
    fc.property(format, instant, change, (format, at, change) => {
      const read = plainReader(format)
      fc.pre(read !== undefined)
      const written = DateTime.fromMillis(at.getTime(), LUXON).toFormat(format)
      const text = change === null ? written : written.slice(0, change[0]) + change[1] + written.slice(change[0] + 1)
      expect(read?.(text)).toBe(readByLuxon(format, text))
    }),
    { numRuns: 2_000 },
  )
})

test.each(['2018-02-30', '2018-13-01', '2018-1-22', '2018-01-22 ', '+018-01-22', '', '2018/01/22'])('%j is no day', (text) => {
  expect(plainReader('yyyy-MM-dd')?.(text)).toBeUndefined()
})

test.each(['MM-dd', 'yyyy-MM-MM', 'yyyy-dd-yyyy', "kkkk-'W'WW"])('reading %s is left to Luxon', (format) => {
  expect(plainReader(format)).toBeUndefined()
})

test.each(['yyyy-MM-dd', 'yyyy-MM-dd-HH', 'yyyy-MM', 'yyyyMMddHH'])('%s is written fast', (format) => {
  expect(plainWriter(format)).toBeDefined()
})

test.each(["kkkk-'W'WW", 'yyyyyyyy', 'd MMM yyyy', "yyyy'", 'yy', 'yyyy-MM-ddTHH', 'DDD'])('%s is left to Luxon', (format) => {
  expect(plainWriter(format)).toBeUndefined()
})

test('years that ISO writes with a sign are left to Luxon', () => {
  const write = plainWriter('yyyy')
  expect(write?.(Date.parse('9999-12-31T23:59Z'))).toBe('9999')
  expect(write?.(Date.parse('+010000-01-01T00:00Z'))).toBeUndefined()
  expect(write?.(Date.parse('-000001-01-01T00:00Z'))).toBeUndefined()
  expect(write?.(Number.NaN)).toBeUndefined()
})
