import { expect, test } from '@jest/globals'
import { Loads } from './staged-outcomes.ts'

test('a table that people made is used when it has the declared columns, in whatever order and with others', async () => {
  await using loads = await Loads.create({ columns: { n: 'INTEGER', t: 'TEXT' } })
  await loads.warehouse.query(
    "CREATE TABLE prices (t VARCHAR, note VARCHAR DEFAULT 'ours', _tidemark_file VARCHAR, N INTEGER, _tidemark_partition VARCHAR)",
  )
  await loads.warehouse.query("INSERT INTO prices (n, t) VALUES (0, 'by hand')")
  await loads.load(await loads.good('day', "SELECT 1 AS n, 'x' AS t"))
  await loads.load(await loads.good('day', "SELECT 2 AS n, 'y' AS t"))
  expect((await loads.warehouse.query('SELECT n, t, note, _tidemark_file FROM prices ORDER BY n')).rows).toEqual([
    { N: 0, t: 'by hand', note: 'ours', _tidemark_file: null },
    { N: 2, t: 'y', note: 'ours', _tidemark_file: 'day.csv' },
  ])
})

test.each([
  [{ n: 'INTEGER', t: 'VARCHAR' }, 'the table prices has no column t; run ALTER TABLE "main"."prices" ADD COLUMN "t" VARCHAR'],
  [
    { n: 'DECIMAL(18, 2)' },
    'has n as INTEGER, the config as DECIMAL(18,2); run ALTER TABLE "main"."prices" ALTER "n" TYPE DECIMAL(18,2)',
  ],
])('a table that is not as declared is left as it is, with the statement that mends it', async (columns, told) => {
  await using loads = await Loads.create({ columns })
  await loads.warehouse.query('CREATE TABLE prices (n INTEGER, _tidemark_partition VARCHAR, _tidemark_file VARCHAR)')
  const good = await loads.good('day', "SELECT 1 AS n, 'x' AS t")
  const error = await loads.load(good).catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ code: 'WarehouseFailed', message: expect.stringContaining(told) })
  expect(await loads.ledgerLines()).toEqual([])

  const [mend = ''] =
    /ALTER TABLE [^;]*(?=, or)/.exec(error instanceof Object && 'message' in error ? String(error.message) : '') ?? []
  await loads.warehouse.query(mend)
  await loads.load(good)
  expect(await loads.ledgerLines()).toEqual(['day.csv#1 loaded 1'])
})

test('a table in another schema is made there, beside one of the same name', async () => {
  await using loads = await Loads.create({ table: 'raw.prices' })
  await loads.warehouse.query('CREATE TABLE prices (other DATE)')
  await loads.load(await loads.good('day', 'SELECT 1 AS n'))
  expect(await loads.values('SELECT n FROM raw.prices')).toEqual([1])
  expect(await loads.values('SELECT count(*)::INTEGER FROM main.prices')).toEqual([0])
})

test('a constraint that people gave the table stops the load with no cell in the message', async () => {
  await using loads = await Loads.create({ columns: { t: 'VARCHAR' } })
  await loads.warehouse.query('CREATE TABLE prices (t VARCHAR PRIMARY KEY, _tidemark_partition VARCHAR, _tidemark_file VARCHAR)')
  const error = await loads.load(await loads.good('day', "SELECT unnest(['secret', 'secret']) AS t")).catch(String)
  expect(error).toMatch(
    /Constraint Error \(PRIMARY KEY or UNIQUE constraint\); rows break a constraint that somebody gave the table/,
  )
  expect(error).not.toContain('secret')
  expect(await loads.ledgerLines()).toEqual([])
  await loads.load(await loads.good('day', "SELECT 'one' AS t"))
  expect(await loads.values('SELECT t FROM prices')).toEqual(['one'])
})
