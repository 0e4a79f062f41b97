import { expect, test } from '@jest/globals'
import { above, notNull } from '../../src/checks/builders.ts'
import { explained } from '../harness/explained.ts'
import { HEADER, prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'

const [, ROW = ''] = prices(1).split('\n')

const HELD = {
  'headless.csv': {
    content: `${ROW}\n${ROW}\n`,
    error:
      'line 1 is not a header: none of its 6 fields is a declared column (date, share_price, amount, spend, shift, spread); ' +
      'if files have no header, set csv.header to false',
  },
  'empty.csv': { content: '', error: 'is empty: 0 bytes' },
  'nan.csv': { content: prices(1, 'NaN'), error: 'check above(share_price, 0) failed for 1 of 2 rows' },
  'cell.csv': { content: `${HEADER}\n"2018/09/10",1,,3,4,5\n`, error: 'check notNull(amount) failed for 1 of 1 row' },
}

test('a file without its header, an empty one, NaN and an empty cell are held with the reason, by the rules of the config', async () => {
  await using workspace = await Workspace.create({ checks: [above('share_price', 0), notNull('amount')] })
  for (const [name, { content }] of Object.entries(HELD)) await workspace.drop(name, content)
  await using running = await Running.start(workspace)
  const batch = await running.tidemark.startAll(running.pipeline)
  expect(await batch.result()).toEqual({ loaded: 0, held: 4, rows: 0 })
  for (const [path, { error }] of Object.entries(HELD)) {
    expect(await running.outcome(path)).toMatchObject({ status: 'held', error })
    expect(await explained(running, path)).toContain(error)
  }
  expect(await running.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'prices'")).toEqual([])
  expect(running.said.told).toMatchObject([{ what: 'held', count: 4 }])
})

test('the same cells are loaded as they are where no rule speaks against them', async () => {
  await using workspace = await Workspace.create({ checks: [] })
  await workspace.drop('nan.csv', prices(1, 'NaN'))
  await workspace.drop('cell.csv', HELD['cell.csv'].content)
  await using running = await Running.start(workspace)
  const batch = await running.tidemark.startAll(running.pipeline)
  expect(await batch.result()).toEqual({ loaded: 2, held: 0, rows: 3 })
  expect(await running.rows('SELECT share_price::VARCHAR AS price, amount FROM prices ORDER BY _tidemark_file, date')).toEqual([
    { price: '1.0', amount: null },
    { price: '1.0', amount: 33597290 },
    { price: 'nan', amount: 33597290 },
  ])
})

test('a header in another order is matched by name: no column gets the values of another', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop(
    'day.csv',
    'amount,spread,"share_price",date,shift,spend\n33597290,3.12,264.77,2018/09/28,-1.38,8895553.11\n',
  )
  await using running = await Running.start(workspace)
  await running.tidemark.importPartition(running.pipeline, 'day')
  expect(await running.rows('SELECT * EXCLUDE (_tidemark_partition, _tidemark_file) FROM prices')).toEqual([
    { date: '2018-09-28', share_price: 264.77, amount: 33597290, spend: 8895553.11, shift: -1.38, spread: 3.12 },
  ])
})

test('33597290 and 264.77 are kept exactly by the declared types, and what they cannot keep is held, never rounded', async () => {
  await using workspace = await Workspace.create({
    columns: { share_price: 'DOUBLE', spend: 'DECIMAL(18, 2)', amount: 'BIGINT' },
    checks: [],
  })
  const file = (row: string) => `share_price,spend,amount\n${row}\n`
  const bad = {
    'decimal.csv': ['1,264.775,1', '1 bad row at line 2, column spend: not a number that DECIMAL(18, 2) holds exactly'],
    'fraction.csv': ['1,1,33597290.5', '1 bad row at line 2, column amount: not a whole number that BIGINT holds'],
    'large.csv': ['1,1,9223372036854775808', '1 bad row at line 2, column amount: not a whole number that BIGINT holds'],
  } as const
  await workspace.drop('day.csv', file('264.77,264.77,33597290\n33597290,9007199254740993.01,9007199254740993'))
  for (const [name, [row]] of Object.entries(bad)) await workspace.drop(name, file(row))
  await using running = await Running.start(workspace)
  const batch = await running.tidemark.startAll(running.pipeline)
  expect(await batch.result()).toEqual({ loaded: 1, held: 3, rows: 2 })
  expect(
    await running.rows('SELECT share_price::VARCHAR AS price, spend::VARCHAR AS spend, amount::VARCHAR AS amount FROM prices'),
  ).toEqual([
    { price: '264.77', spend: '264.77', amount: '33597290' },
    { price: '33597290.0', spend: '9007199254740993.01', amount: '9007199254740993' },
  ])
  for (const [path, [, error]] of Object.entries(bad))
    expect(await running.outcome(path)).toMatchObject({ status: 'held', error })
})

test('a column of type FLOAT, which would spoil them, is refused by the config', async () => {
  await expect(Workspace.create({ columns: { share_price: 'FLOAT' } })).rejects.toMatchObject({
    code: 'ConfigInvalid',
    message: expect.stringContaining('columns.share_price: type FLOAT keeps 7 digits and would spoil 33597290; declare DOUBLE'),
  })
})

test('text in a column of numbers is held with its place, and its cell is shown to nobody but the warehouse', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop('day.csv', prices(1, 'secret-cell'))
  await using running = await Running.start(workspace)
  await expect(running.tidemark.importPartition(running.pipeline, 'day')).rejects.toMatchObject({
    cause: { message: 'day.csv: 1 bad row at line 3, column share_price: not a DOUBLE' },
  })
  const [rejected] = await running.worker.warehouse.rejected(running.pipeline, 'day.csv', 1)
  expect(rejected?.text).toContain('secret-cell')
  expect(JSON.stringify([running.said.told, await running.ledger()])).not.toContain('secret-cell')
})

test('of more bad rows than are kept, all are counted', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop('day.csv', prices(...Array.from({ length: 1_200 }, () => 'many')))
  await using running = await Running.start(workspace)
  await expect(running.tidemark.importPartition(running.pipeline, 'day')).rejects.toMatchObject({ cause: { type: 'FileHeld' } })
  const [entry] = await running.ledger()
  expect(entry).toMatchObject({ status: 'held', rejected_rows: 1_200 })
  expect(await running.worker.warehouse.rejected(running.pipeline, 'day.csv', 1)).toHaveLength(1_000)
})
