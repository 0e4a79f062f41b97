import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Csv } from '../../src/config/pipeline.ts'
import { Bench, rowsOf } from './staging-folder.ts'

let bench: Bench
beforeAll(async () => {
  bench = await Bench.create()
})
afterAll(() => bench[Symbol.asyncDispose]())

interface Case {
  readonly type: string
  readonly csv?: Partial<Csv>
  /** Texts, and what DuckDB shows of the value. */
  readonly good: Readonly<Record<string, string>>
  readonly bad: readonly string[]
}

const cases: readonly Case[] = [
  {
    type: 'BIGINT',
    good: { '1': '1', ' 1 ': '1', '+1': '1', '-1': '-1', '007': '7', '9223372036854775807': '9223372036854775807' },
    bad: ['1.5', '1.0', '1e2', '0x1F', '1_000', '0b1', '٣', '- 1', '--1', 'x', ' ', '9223372036854775808'],
  },
  { type: 'utinyint', good: { '255': '255', '-0': '0' }, bad: ['256', '-1'] },
  { type: 'INT', good: { '2147483647': '2147483647' }, bad: ['2147483648'] },
  {
    type: 'DECIMAL(10, 2)',
    good: {
      '1.25': '1.25',
      '1.2500000': '1.25',
      '1': '1.00',
      '.5': '0.50',
      '5.': '5.00',
      '+1.5': '1.50',
      ' -1.5 ': '-1.50',
      '12345678.99': '12345678.99',
    },
    bad: ['1.259', '1.25000001', '123456789.00', '1e2', '1e-3', '1_0', '1,5', '.', '-', '0x10', 'nan'],
  },
  {
    type: 'DECIMAL(38, 0)',
    good: { '99999999999999999999999999999999999999': '99999999999999999999999999999999999999', '-7.000': '-7' },
    bad: ['999999999999999999999999999999999999999', '7.5', '.5'],
  },
  {
    type: 'DECIMAL(38,38)',
    good: { '.12345678901234567890123456789012345678': '.12345678901234567890123456789012345678' },
    bad: ['1'],
  },
  {
    type: 'DOUBLE',
    good: {
      '33597290': '33597290.0',
      '264.77': '264.77',
      '1e3': '1000.0',
      ' 1.5 ': '1.5',
      '.5': '0.5',
      NaN: 'nan',
      inf: 'inf',
      '-Infinity': '-inf',
    },
    bad: ['1e400', '-1e400', '1_000', '0x1F', '1,5', '1.5.5', '1f', 'x', ' '],
  },
  { type: 'BOOLEAN', good: { true: 'true', FALSE: 'false', ' t ': 'true', '0': 'false', yes: 'true' }, bad: ['2', 'maybe'] },
  { type: 'VARCHAR', good: { ' x ': ' x ', NaN: 'NaN' }, bad: [] },
  {
    type: 'DATE',
    good: { '2018-01-22': '2018-01-22', ' 2018-01-22 ': '2018-01-22' },
    bad: [
      '2018-02-30',
      '2018-01-22 10:00:00',
      '2018-01-22x',
      '2018/01/22',
      '22.01.2018',
      '01/02/2018',
      'infinity',
      '-infinity',
      'epoch',
      '20180122',
      '10000-01-01',
      '0044-03-15 (BC)',
    ],
  },
  {
    type: 'DATE',
    csv: { dateFormat: '%Y/%m/%d' },
    good: { '2018/01/22': '2018-01-22', '2018/1/2': '2018-01-02' },
    bad: ['2018-01-22', '2018/02/30', '2018/01/22x', 'infinity', 'epoch'],
  },
  { type: 'DATE', csv: { dateFormat: '%d.%m.%Y' }, good: { '01.02.2018': '2018-02-01' }, bad: ['2018-02-01'] },
  {
    type: 'TIME',
    good: { '10:00': '10:00:00', '10:00:00.123456': '10:00:00.123456', '10:00:00.1234560': '10:00:00.123456' },
    bad: ['10:00:00.1234567', '25:00:00', '10:00:00+01', '10'],
  },
  {
    type: 'TIMESTAMP',
    good: {
      '2018-01-22': '2018-01-22 00:00:00',
      '2018-01-22T10:00': '2018-01-22 10:00:00',
      '2018-01-22 10:00:00.123456': '2018-01-22 10:00:00.123456',
      '2018-01-22 10:00:00.123456000': '2018-01-22 10:00:00.123456',
    },
    bad: [
      '2018-01-22 10:00:00.1234567',
      '2018-01-22 10:00:00+02',
      '2018-01-22T10:00:00Z',
      '2018-01-22 10:00:60',
      'epoch',
      'infinity',
      '10000-01-01 00:00:00',
      '0044-03-15 (BC) 00:00:00',
      'x',
    ],
  },
  {
    type: 'TIMESTAMP',
    csv: { timestampFormat: '%d/%m/%Y %H:%M:%S.%n' },
    good: { '22/01/2018 10:00:00.123456000': '2018-01-22 10:00:00.123456' },
    bad: ['22/01/2018 10:00:00.123456789', '2018-01-22 10:00:00'],
  },
  {
    type: 'TIMESTAMP',
    csv: { timestampFormat: '%d/%m/%Y %H:%M:%S.%f' },
    good: { '22/01/2018 10:00:00.123456': '2018-01-22 10:00:00.123456' },
    bad: ['22/01/2018 10:00:00.1234567'],
  },
  {
    type: 'TIMESTAMPTZ',
    good: {
      '2018-01-22T10:00:00Z': '2018-01-22 10:00:00+00',
      '2018-01-22 10:00:00+02': '2018-01-22 08:00:00+00',
      '2018-01-22 10:00:00-02:30': '2018-01-22 12:30:00+00',
      '2018-01-22 10:00:00': '2018-01-22 10:00:00+00',
    },
    bad: ['2018-01-22 10:00:00.1234567+00', '2018-01-22 10:00:00 Europe/Berlin', 'infinity'],
  },
  {
    type: 'UUID',
    good: { 'A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11': 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' },
    bad: ['x', 'a0eebc99'],
  },
]

test.each(cases)('keeps a $type exactly or refuses it ($csv)', async ({ type, csv = {}, good, bad }) => {
  const settings = { columns: { value: type, other: 'VARCHAR' }, csv: { delimiter: ';', ...csv } }
  const texts = Object.keys(good)
  const kept = await bench.stageOne(['value;other', ...texts.map((text) => `${text};`), ';x'].join('\n'), settings)
  expect(await rowsOf(kept)).toEqual([...texts.map((text) => [good[text], null]), [null, 'x']])
  if (bad.length === 0) return
  const refused = await bench.stageOne(['value;other', ...bad.map((text) => `${text};`)].join('\n'), settings)
  if (refused.verdict !== 'held') throw new Error(`expected to be held, got ${refused.verdict}`)
  expect(refused.rejected.map(({ line, column, text }) => ({ line, column, text }))).toEqual(
    bad.map((text, index) => ({ line: index + 2, column: 'value', text: `${text};` })),
  )
})

test('tells how many rows are bad, where the first is and what was expected', async () => {
  const columns = { day: 'DATE', price: 'DOUBLE', amount: 'INTEGER', cost: 'DECIMAL(8, 2)' }
  const rows = ['2018-01-22,1.5,2,3.25', '', '"2018-01-22","1.5","2","3.25"', '2018-01-22,secret,2.5,3.255', '22.1.2018,1,2,3']
  const staged = await bench.stageOne(['day,price,amount,cost', ...rows].join('\r\n'), { columns })
  expect(staged).toMatchObject({
    verdict: 'held',
    reason: '2 bad rows; first at line 5, column price: not a DOUBLE',
    rejected: [
      { line: 5, column: 'price', error: 'not a DOUBLE', text: '2018-01-22,secret,2.5,3.255' },
      { line: 5, column: 'amount', error: 'not a whole number that INTEGER holds' },
      { line: 5, column: 'cost', error: 'not a number that DECIMAL(8, 2) holds exactly' },
      { line: 6, column: 'day', error: 'not a DATE such as 2018-01-22 (csv.dateFormat sets another form)' },
    ],
  })
})

test('finds the line of a bad cell behind quoted line ends and below a reordered header', async () => {
  const content = 'b,a\n1,"x\n\ny"\n\nbad,"z\n"\n3,é\n'
  expect(await bench.stageOne(content)).toMatchObject({
    reason: '1 bad row at line 6, column b: not a whole number that BIGINT holds',
    rejected: [{ line: 6, column: 'b', text: 'bad,"z\n"' }],
  })
})

test('counts 100,000 bad rows and keeps 1,000 of them', async () => {
  const staged = await bench.stageOne(`a,b\n${'x,1.5\n'.repeat(100_000)}`)
  expect(staged).toMatchObject({ reason: '100000 bad rows; first at line 2, column b: not a whole number that BIGINT holds' })
  expect(staged.verdict === 'held' && staged.rejected.length).toBe(1_000)
})

test('refuses a format that DuckDB does not know as a fault of the config', async () => {
  const settings = { columns: { a: 'DATE' }, csv: { dateFormat: '%Q' } }
  await expect(bench.stageOne('a\n2018\n', settings)).rejects.toMatchObject({ code: 'ConfigInvalid' })
})
