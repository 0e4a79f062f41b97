import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { Bench, rowsOf, valuesOf } from './staging-folder.ts'

let bench: Bench
beforeAll(async () => {
  bench = await Bench.create()
})
afterAll(() => bench[Symbol.asyncDispose]())

/** A cell as a file has it, and as DuckDB shows the value of it. */
interface Cell {
  readonly text: string
  readonly value: unknown
}

interface Writing {
  readonly delimiter: string
  readonly quote: string
  readonly escape: string
  readonly lineEnd: string
  readonly byteOrderMark: boolean
  readonly lastLineEnd: boolean
  readonly header: boolean
}

const empty: Cell = { text: '', value: null }
const cell = (text: string, value: unknown): Cell => ({ text, value })
const digits = (number: number, length: number) => String(number).padStart(length, '0')
const day = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })

/** DuckDB types and cells of them. */
const cellsOf: Readonly<Record<string, fc.Arbitrary<Cell>>> = {
  VARCHAR: fc
    .oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'ab ,;"\'\\\n\r\t|é😀') }))
    .map((text) => text.replaceAll('\0', ''))
    .map((text) => (text === '' ? empty : cell(text, text))),
  BIGINT: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => cell(String(value), String(value))),
  INTEGER: fc.integer().map((value) => cell(String(value), value)),
  UTINYINT: fc.integer({ min: 0, max: 255 }).map((value) => cell(` ${value}`, value)),
  'DECIMAL(12, 3)': fc.integer({ min: 0, max: 10 ** 12 - 1 }).map((value) => {
    const text = `${Math.floor(value / 1000)}.${digits(value % 1000, 3)}`
    return cell(`${text}00`, text)
  }),
  DOUBLE: fc.double().map((value) => {
    const text = Object.is(value, -0) ? '-0' : String(value)
    return cell(text, Number.isFinite(value) ? value : text)
  }),
  BOOLEAN: fc.boolean().map((value) => cell(String(value), value)),
  DATE: day.map((value) => cell(value.toISOString().slice(0, 10), value.toISOString().slice(0, 10))),
  TIMESTAMP: fc.tuple(day, fc.integer({ min: 0, max: 99_999 })).map(([date, part]) => {
    const text = `${date.toISOString().slice(0, 19).replace('T', ' ')}.${digits(part, 5)}1`
    return cell(text, text)
  }),
  UUID: fc.uuid().map((value) => cell(value, value)),
}

const writing: fc.Arbitrary<Writing> = fc
  .record({
    delimiter: fc.constantFrom(',', ';', '\t', '|', '§'),
    quote: fc.constantFrom('"', "'"),
    escape: fc.constantFrom('same', '\\'),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    byteOrderMark: fc.boolean(),
    lastLineEnd: fc.boolean(),
    header: fc.boolean(),
  })
  .map((dialect) => ({ ...dialect, escape: dialect.escape === 'same' ? dialect.quote : dialect.escape }))

const table = fc.array(fc.constantFrom(...Object.keys(cellsOf)), { minLength: 2, maxLength: 5 }).chain((types) =>
  fc.record({
    types: fc.constant(types),
    /** Where each column is in the file. */
    order: fc.shuffledSubarray([...types.keys()], { minLength: types.length }),
    rows: fc.array(
      fc.tuple(
        ...types.map((type) =>
          fc.tuple(fc.oneof({ weight: 8, arbitrary: cellsOf[type] ?? fc.constant(empty) }, fc.constant(empty)), fc.boolean()),
        ),
      ),
      { maxLength: 12 },
    ),
    blankLines: fc.array(fc.boolean(), { maxLength: 12 }),
    writing,
  }),
)

function written(text: string, quoted: boolean, { delimiter, quote, escape: escaping }: Writing): string {
  const special = [delimiter, quote, escaping, '\n', '\r', ' '].some((part) => text.includes(part))
  if (!quoted && !special) return text
  const escaped = [...text].map((letter) => (letter === quote || letter === escaping ? escaping + letter : letter))
  return `${quote}${escaped.join('')}${quote}`
}

test('what is written in any dialect and order is read back exactly, packed or not', async () => {
  await fc.assert(
    fc.asyncProperty(table, async ({ types, order, rows, blankLines, writing }) => {
      const places = writing.header ? order : [...types.keys()]
      const lines = rows.flatMap((row, index) => {
        const line = places
          .map((place) => written(row[place]?.[0].text ?? '', row[place]?.[1] ?? false, writing))
          .join(writing.delimiter)
        return blankLines[index] ? ['', line] : [line]
      })
      if (writing.header) lines.unshift(places.map((place) => `c${place}`).join(writing.delimiter))
      const text = `${writing.byteOrderMark ? '\uFEFF' : ''}${lines.join(writing.lineEnd)}${writing.lastLineEnd ? writing.lineEnd : ''}`
      if (text === '') return
      await bench.put('file.csv', text)
      await bench.put('file.csv.gz', gzipSync(text))
      const { delimiter, quote, escape: escaping, header } = writing
      const staged = await bench.stage(['file.csv', 'file.csv.gz'], {
        columns: Object.fromEntries(types.map((type, place) => [`c${place}`, type])),
        csv: { delimiter, quote, escape: escaping, header },
      })
      const expected = rows.map((row) => row.map(([{ value }]) => value))
      for (const file of staged) expect(await valuesOf(file)).toEqual(expected)
    }),
    { numRuns: 100 },
  )
})

const hostile = fc.array(
  fc.constantFrom('a', 'é', ' ', ',', '"', '\n', '""', '","', 'a,b\n', '"a","b"\n', '"a\n",', '"\r",b\n'),
  { maxLength: 14 },
)

test('hostile bytes are held, or read as another parser reads them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostile, { minLength: 50, maxLength: 50 }), async (files) => {
      const texts = files.map((tokens) => tokens.join(''))
      for (const [index, text] of texts.entries()) await bench.put(`${index}`, text)
      const staged = await bench.stage([...texts.keys()].map(String), {
        columns: { a: 'VARCHAR', b: 'VARCHAR' },
        csv: { header: false },
      })
      for (const [index, file] of staged.entries()) {
        if (file.verdict !== 'good') continue
        const other = readByAnother(texts[index] ?? '')
        if (other !== undefined) expect(await rowsOf(file)).toEqual(other)
      }
    }),
    { numRuns: 6 },
  )
})

/** Stricter than ours: it refuses quotes inside a field, and blanks around quotes. */
function readByAnother(text: string): (string | null)[][] | undefined {
  try {
    const records: string[][] = parse(text, { skip_empty_lines: true, record_delimiter: '\n' })
    return records.map((record) => record.map((field) => (field === '' ? null : field)))
  } catch {
    return undefined
  }
}
