import { expect, test } from '@jest/globals'
import { HEADER, prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'

test('a file becomes rows and a ledger entry, once', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop('2018-01-22.csv', prices(264.77, 12.5))
  await using running = await Running.start(workspace)
  const first = await running.tidemark.importPartition(running.pipeline, '2018-01-22')
  expect(first).toEqual({ state: 'loaded', files: 1, rows: 2, newlyHeld: 0 })
  const again = await running.tidemark.importPartition(running.pipeline, '2018-01-22')
  expect(again).toEqual(first)
  expect(await running.rows('SELECT * FROM prices ORDER BY date')).toEqual([
    {
      date: '2018-09-10',
      share_price: 264.77,
      amount: 33597290,
      spend: 8895553.11,
      shift: -1.38,
      spread: 3.12,
      _tidemark_partition: '2018-01-22',
      _tidemark_file: '2018-01-22.csv',
    },
    {
      date: '2018-09-11',
      share_price: 12.5,
      amount: 33597290,
      spend: 8895553.11,
      shift: -1.38,
      spread: 3.12,
      _tidemark_partition: '2018-01-22',
      _tidemark_file: '2018-01-22.csv',
    },
  ])
  expect(await running.ledgerLines()).toEqual(['2018-01-22.csv#1 loaded'])
})

test('A, then B, then A again are three versions, and the rows are those of A', async () => {
  await using workspace = await Workspace.create()
  await using running = await Running.start(workspace)
  for (const price of [1, 2, 1]) {
    await workspace.drop('day.csv', prices(price))
    await running.tidemark.importPartition(running.pipeline, 'day')
    expect(await running.sharePrices()).toEqual({ 'day.csv': [price] })
  }
  expect(await running.ledgerLines()).toEqual(['day.csv#1 superseded', 'day.csv#2 superseded', 'day.csv#3 loaded'])
})

test('a held version leaves the rows of the one before, and fails its run as FileHeld each time', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop('day.csv', prices(7))
  await using running = await Running.start(workspace)
  await running.tidemark.importPartition(running.pipeline, 'day')
  await workspace.drop('day.csv', prices(7, 0))
  for (let times = 0; times < 2; times++) {
    await expect(running.tidemark.importPartition(running.pipeline, 'day')).rejects.toMatchObject({ cause: { type: 'FileHeld' } })
  }
  expect(await running.sharePrices()).toEqual({ 'day.csv': [7] })
  expect(await running.ledgerLines()).toEqual(['day.csv#1 loaded', 'day.csv#2 held'])
  expect(running.said.told).toHaveLength(1)
  await workspace.drop('day.csv', prices(7))
  expect(await running.tidemark.importPartition(running.pipeline, 'day')).toMatchObject({ state: 'loaded', rows: 1 })
})

test.each([
  ['zero', '0'],
  ['NaN', 'NaN'],
  ['empty', ''],
])('a share price that is %s is held with the check and the row', async (_, price) => {
  await using workspace = await Workspace.create()
  await workspace.drop('day.csv', prices(1, price))
  await using running = await Running.start(workspace)
  await expect(running.tidemark.importPartition(running.pipeline, 'day')).rejects.toMatchObject({ cause: { type: 'FileHeld' } })
  const [entry] = await running.ledger()
  expect(entry).toMatchObject({ status: 'held', checks: [{ check: 'above(share_price, 0)', passed: false, failed: 1 }] })
  expect(entry?.checks[0]?.sample).toHaveLength(1)
  expect(await running.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'prices'")).toEqual([])
})

test('good and bad files of one partition: the good ones are loaded, the others held', async () => {
  await using workspace = await Workspace.create({
    source: { kind: 'local', folder: 'source', files: '{partition}/*.csv', settle: '100ms' },
  })
  await workspace.drop('day/a.csv', prices(1))
  await workspace.drop('day/b.csv', 'no header at all\n')
  await workspace.drop('day/c.csv', `${HEADER}\n`)
  await using running = await Running.start(workspace)
  await expect(running.tidemark.importPartition(running.pipeline, 'day')).rejects.toMatchObject({ cause: { type: 'FileHeld' } })
  expect(await running.sharePrices()).toEqual({ 'day/a.csv': [1] })
  expect(await running.ledgerLines()).toEqual(['day/a.csv#1 loaded', 'day/b.csv#1 held', 'day/c.csv#1 loaded'])
})
