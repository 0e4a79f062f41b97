import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { above, between, notNull, oneOf, rowCount, sql, unique } from '../../src/checks/builders.ts'
import type { Check } from '../../src/checks/check.ts'
import { runChecks } from '../../src/checks/run-checks.ts'

const TABLE = `we"ird 'table'`
let instance: DuckDBInstance
let connection: DuckDBConnection

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  connection = await instance.connect()
  await connection.run(`
    CREATE TABLE "we""ird 'table'" (id BIGINT, "na""me" VARCHAR, price DOUBLE, cost DECIMAL(10, 2), day DATE, ok BOOLEAN);
    INSERT INTO "we""ird 'table'" VALUES
      (9007199254740993, 'it''s', 1, 0.10, '2018-01-22', true),
      (2, 'b', 0, 0.20, '2018-01-23', false),
      (2, NULL, 'NaN', NULL, '2018-01-24', true),
      (NULL, 'b', NULL, 0.30, NULL, NULL),
      (4, 'NaN', 'inf', 1.00, '2018-01-25', true),
      (5, '', 'NaN', 2.00, '2018-01-26', true)`)
})
afterAll(() => {
  connection.closeSync()
  instance.closeSync()
})

async function failing(check: Check): Promise<unknown> {
  const [result] = await runChecks(connection, TABLE, [check])
  return result?.failed
}

test.each<[string, Check, number]>([
  ['above is strict; NaN and empty cells fail', above('price', 0), 4],
  ['an infinite value is above every limit', above('price', 1e300), 5],
  ['above compares whole numbers exactly', above('id', 9007199254740992), 5],
  ['above compares decimals exactly', above('cost', 0.1), 2],
  ['between includes its ends; NaN, empty and infinite cells fail', between('price', 0, 1), 4],
  ['between takes dates as text', between('day', '2018-01-22', '2018-01-24'), 3],
  ['between compares decimals exactly', between('cost', 0.1, 0.3), 3],
  ['notNull: empty cells and NaN fail', notNull('price'), 3],
  ['notNull: a text that reads NaN is a text', notNull('na"me'), 1],
  ['notNull of a date', notNull('day'), 1],
  ['unique: every row of a group fails', unique('id'), 2],
  ['unique: empty cells are not compared, NaN equals NaN', unique('price'), 2],
  ['unique over columns: rows with an empty cell among them are not compared', unique(['id', 'na"me']), 0],
  ['unique over columns', unique(['id', 'id']), 2],
  ['oneOf: empty cells fail', oneOf('na"me', ["it's", 'b', 'NaN', '']), 1],
  ['oneOf of numbers: NaN fails', oneOf('price', [0, 1]), 4],
  ['oneOf of numbers as texts', oneOf('na"me', [1, true]), 6],
  ['oneOf of decimals', oneOf('cost', [0.1, 0.2]), 4],
  ['oneOf of dates', oneOf('day', ['2018-01-22']), 5],
  ['oneOf of booleans', oneOf('ok', [true]), 2],
  ['names have no case', above('PRICE', 0), 4],
  ['sql returns the rows that fail', sql('free', 'SELECT * FROM rows WHERE price = 0'), 1],
  ['sql may end with a semicolon and a comment', sql('free', 'SELECT * FROM rows WHERE price = 0 -- ;\n;'), 1],
  ['sql may end with a comment', sql('free', 'SELECT * FROM rows WHERE price = 0 -- free'), 1],
  [
    'sql may begin with WITH',
    sql('sum', 'WITH total AS (SELECT sum(cost) AS cost FROM rows) SELECT * FROM total WHERE cost <> 3.6'),
    0,
  ],
])('%s', async (_name, check, failed) => {
  expect(await failing(check)).toBe(failed)
})

test.each([
  { range: { min: 1 }, passed: true, failed: 0 },
  { range: { min: 6, max: 6 }, passed: true, failed: 0 },
  { range: {}, passed: true, failed: 0 },
  { range: { min: 7 }, passed: false, failed: 6 },
  { range: { max: 5 }, passed: false, failed: 6 },
])('rowCount of $range', async ({ range, passed, failed }) => {
  expect(await runChecks(connection, TABLE, [rowCount(range)])).toMatchObject([{ passed, failed, sample: [] }])
})

test('shows at most five failing rows, in values that JSON holds, cut to a length', async () => {
  await connection.run(
    `CREATE TABLE long AS SELECT range AS id, repeat('x', 5000) AS text, DATE '2018-01-22' AS day, 'NaN'::DOUBLE AS price FROM range(9)`,
  )
  const [result] = await runChecks(connection, 'long', [notNull('price')])
  expect(result).toMatchObject({ check: 'notNull(price)', blocking: true, passed: false, failed: 9 })
  expect(JSON.parse(JSON.stringify(result?.sample))).toEqual(
    [0, 1, 2, 3, 4].map((id) => ({ id: String(id), text: `${'x'.repeat(1000)}…`, day: '2018-01-22', price: 'NaN' })),
  )
})

test('names each check as it is written, in the order they came', async () => {
  const checks = [rowCount({ min: 1, max: 9 }), oneOf('ok', [true, false], { blocking: false }), unique(['id', 'day'])]
  const results = await runChecks(connection, TABLE, checks)
  expect(results.map(({ check, blocking }) => [check, blocking])).toEqual([
    ['rowCount(min 1, max 9)', true],
    ['oneOf(ok, true, false)', false],
    ['unique(id, day)', true],
  ])
})

test.each([
  ['a column that is not there', above('nothing', 0), /^check above\(nothing, 0\) cannot be run: Binder Error: .*nothing/],
  ['a comparison that has no sense', above('day', 0), /^check above\(day, 0\) cannot be run: Binder Error/],
  ['a query that is no SQL', sql('odd', 'SELEC'), /^check sql\(odd\) cannot be run: Parser Error/],
  ['a table that is not there', sql('odd', 'SELECT * FROM others'), /^check sql\(odd\) cannot be run: Catalog Error/],
  ['several statements', sql('odd', 'SELECT 1); DROP TABLE x; SELECT (1'), /^check sql\(odd\) cannot be run/],
])('%s is a broken check, not a fault of the file', async (_name, check, message) => {
  const run = runChecks(connection, TABLE, [rowCount({ min: 1 }), check])
  await expect(run).rejects.toMatchObject({ code: 'CheckBroken', message: expect.stringMatching(message) })
})

test('the message of a broken check holds no cell', async () => {
  const run = runChecks(connection, TABLE, [sql('odd', `SELECT * FROM rows WHERE "na""me"::INTEGER > 0`)])
  await expect(run).rejects.toThrow(
    /^check sql\(odd\) cannot be run: Conversion Error while it read the rows; mend it in the config$/,
  )
})
