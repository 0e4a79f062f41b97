import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Content, GuessedConfig } from './guessed-config.ts'

test.each<[what: string, files: Record<string, Content>, globs: Record<string, string>]>([
  ['ISO days', { 'p_2024-01-01.csv': 'a\n1\n', 'p_2024-01-02.csv': 'a\n2\n' }, { p: 'p_{partition}.csv daily' }],
  ['compact days', { 'p_20240101.csv': 'a\n1\n', 'p_20240102.csv': 'a\n2\n' }, { p: 'p_{yyyy}{MM}{dd}.csv daily' }],
  ['German days', { '01.02.2024.csv': 'a\n1\n', '02.02.2024.csv': 'a\n2\n' }, { data: '{dd}.{MM}.{yyyy}.csv daily' }],
  ['folders', { '2024/01/31/x.csv': 'a\n1\n', '2024/02/01/x.csv': 'a\n2\n' }, { x: '{yyyy}/{MM}/{dd}/x.csv daily' }],
  [
    'folders of days far apart',
    { '2024/01/31/x.csv': 'a\n1\n', '2024/12/01/x.csv': 'a\n2\n' },
    { x: '{yyyy}/{MM}/{dd}/x.csv daily' },
  ],
  [
    'no key in names',
    { 'alpha.csv': 'a\n1\n', 'beta.csv': 'a\n2\n', 'gamma.csv': 'a\n3\n' },
    { data: '{partition}.csv dynamic' },
  ],
  [
    'packed',
    { 'p_2024-01-01.csv.gz': gzipSync('a\n1\n'), 'p_2024-01-02.csv.gz': gzipSync('a\n2\n') },
    { p: 'p_{partition}.csv.gz daily' },
  ],
  [
    'a folder for each country',
    { 'de/2024-01-01.csv': 'a\n1\n', 'fr/2024-01-01.csv': 'a\n2\n' },
    { data: '*/{partition}.csv daily' },
  ],
  [
    'kinds whose names begin alike',
    {
      'orders_2024-01-01.csv': 'id,total\n1,2\n',
      'orders_2024-01-02.csv': 'id,total\n2,2\n',
      'orders_items_2024-01-01.csv': 'order,item\n1,a\n',
      'orders_items_2024-01-02.csv': 'order,item\n2,b\n',
    },
    { orders: 'orders_{yyyy}-{MM}-{dd}.csv daily', orders_items: 'orders_items_{partition}.csv daily' },
  ],
  [
    'tables beside dated files',
    { '2024-01-01.csv': 'a\n1\n', '2024-01-02.csv': 'a\n1\n', 'customers.csv': 'id,name\n1,Ann\n', 'notes.md': '' },
    { data: '{yyyy}-{MM}-{dd}.csv daily', customers: 'customers.{partition} dynamic' },
  ],
])('%s: each kind is found by its own glob, and each file is loaded', async (_, files, globs) => {
  await using guessed = await GuessedConfig.of(files)
  const found = [...guessed.pipelines].map(([name, { source, partitions }]) => [name, `${source.files} ${partitions.kind}`])
  expect(Object.fromEntries(found)).toEqual(globs)
  const loaded = Object.values(guessed.good).flat().sort()
  expect(loaded).toEqual(
    Object.keys(files)
      .filter((path) => !path.endsWith('.md'))
      .sort(),
  )
})

test.each<[what: string, text: string, types: Record<string, string>]>([
  ['semicolons, a header with blanks', '"Order No";Share Price\n1;"2,5"\n', { 'Order No': 'BIGINT', 'Share Price': 'VARCHAR' }],
  ['tabs', 'a\tb\n1\tx, y\n', { a: 'BIGINT', b: 'VARCHAR' }],
  ['bars', 'a|b\n1|2.5\n', { a: 'BIGINT', b: 'DOUBLE' }],
  [
    'leading zeros, plus signs, long numbers',
    'a,b,c\n007,+1,99999999999999999999\n',
    { a: 'VARCHAR', b: 'VARCHAR', c: 'VARCHAR' },
  ],
  ['days that may be read in two ways', 'a\n01/02/2024\n03/04/2024\n', { a: 'VARCHAR' }],
  ['what no calendar has', 'a\n01/02/2024\n31/04/2023\n30/04/2023\n', { a: 'VARCHAR' }],
  ['days by the day first', 'a\n01/02/2024\n30/04/2023\n', { a: 'DATE' }],
  ['days without signs', 'day,n\n20240131,1\n', { day: 'DATE', n: 'BIGINT' }],
  ['times', 'a,b,c\n2024-01-31 06:00:00,2024-01-31T06:00:00Z,06:00\n', { a: 'TIMESTAMP', b: 'TIMESTAMPTZ', c: 'TIME' }],
  ['no value', 'a,b\n1,-\nNULL,x\n', { a: 'BIGINT', b: 'VARCHAR' }],
  ['no header', '1,x,2.5\n2,y,3.5\n', { column1: 'BIGINT', column2: 'VARCHAR', column3: 'DOUBLE' }],
  ['names that are no identifiers', '"it\'s",a-b,"q""q"\n1,2,3\n', { "it's": 'BIGINT', 'a-b': 'BIGINT', 'q"q': 'BIGINT' }],
])('%s', async (_, text, types) => {
  await using guessed = await GuessedConfig.of({ '2024-01-01.csv': text })
  expect(guessed.types).toEqual(types)
  expect(guessed.good).toEqual({ data: ['2024-01-01.csv'] })
})

test.each<[what: string, files: readonly [string, string], types: Record<string, string>]>([
  [
    'no header, and a word that each file begins with',
    ['2024-01-01,1.5,A\n2024-01-01,2.5,B\n', '2024-01-02,1.5,A\n2024-01-02,2.5,B\n'],
    { column1: 'DATE', column2: 'DOUBLE', column3: 'VARCHAR' },
  ],
  [
    'no header, and files that begin alike',
    ['1,Ann,2.5\n2,Bob,3.5\n', '1,Ann,2.5\n2,Bob,4.5\n'],
    { column1: 'BIGINT', column2: 'VARCHAR', column3: 'DOUBLE' },
  ],
  [
    'a header with years',
    ['name,2023,2024\nx,1,2\n', 'name,2023,2024\ny,3,4\n'],
    { name: 'VARCHAR', '2023': 'BIGINT', '2024': 'BIGINT' },
  ],
])('%s', async (_, [first, second], types) => {
  await using guessed = await GuessedConfig.of({ '2024-01-01.csv': first, '2024-01-02.csv': second })
  expect(guessed.types).toEqual(types)
  expect(guessed.good).toEqual({ data: ['2024-01-01.csv', '2024-01-02.csv'] })
})

test('columns that only some files have are added', async () => {
  await using guessed = await GuessedConfig.of({ '2024-01-01.csv': 'a\n1\n', '2024-01-02.csv': 'a,b\n1,2\n' })
  expect(guessed.types).toEqual({ a: 'BIGINT', b: 'BIGINT' })
  expect(guessed.pipelines.get('data')?.onSchemaChange).toBe('addColumns')
  expect(guessed.good).toEqual({ data: ['2024-01-01.csv', '2024-01-02.csv'] })
})

test('a file that a load would hold is told, and the others are loaded', async () => {
  const files = { '2024-01-01.csv': 'a,b\n1,2\n', '2024-01-02.csv': 'a,b\n1,2,3\n', '2024-01-03.csv': '' }
  await using guessed = await GuessedConfig.of(files)
  expect(guessed.guess.pipelines.flatMap(({ held }) => held)).toEqual([
    { path: '2024-01-03.csv', reason: 'is empty' },
    { path: '2024-01-02.csv', reason: 'line 2: 3 fields where 2 are expected' },
  ])
  expect(guessed.text).toContain('// Would be held: 2024-01-02.csv: line 2: 3 fields where 2 are expected\n')
  expect(guessed.types).toEqual({ a: 'BIGINT', b: 'BIGINT' })
  expect(guessed.good).toEqual({ data: ['2024-01-01.csv'] })
})

const day = fc.date({ min: new Date('1990-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
const iso = day.map((date) => date.toISOString().slice(0, 10))
const CELLS = [
  fc.string({ unit: fc.constantFrom(...'ab ,;"\'\\\t|é%/.-1') }),
  fc.integer().map(String),
  fc.integer().map((value) => String(value / 100)),
  fc.double().map(String),
  fc.boolean().map(String),
  iso,
  iso.map((text) => text.split('-').reverse().join('.')),
  iso.map((text) => text.split('-').reverse().join('/')),
  iso.map((text) => text.replaceAll('-', '')),
  day.map((date) => date.toISOString()),
  fc.constantFrom('', 'NULL', 'NA', '-', '0', '1', 'yes', 'no', 't', 'f', '+1', '007'),
] as const
const columnCells = fc
  .constantFrom(...CELLS)
  .chain((usual) => fc.constantFrom(usual, fc.oneof(usual, fc.constantFrom('', 'NA'), ...CELLS)))

test('whatever well-formed files hold, the guessed config loads them', async () => {
  const table = fc
    .array(columnCells, { minLength: 2, maxLength: 5 })
    .chain((columns) => fc.array(fc.array(fc.tuple(...columns), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }))
  await fc.assert(
    fc.asyncProperty(table, fc.constantFrom(',', ';', '\t', '|'), async (tables, delimiter) => {
      const record = (cells: readonly string[]) => `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter)}\n`
      const names = (tables[0]?.[0] ?? []).map((_, index) => `date ${'abcde'[index]}`)
      const files = tables.map((rows, index) => [`2024-01-0${index + 1}.csv`, [names, ...rows].map(record).join('')])
      await using guessed = await GuessedConfig.of(Object.fromEntries(files))
      expect(guessed.staged.get('data')?.filter(({ verdict }) => verdict !== 'good')).toEqual([])
      expect(guessed.good).toEqual({ data: files.map(([path]) => path) })
    }),
    { numRuns: 15, seed: 7 },
  )
})
