import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { daily, localFolder } from '../../src/config/define.ts'
import { explained } from '../harness/explained.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'

test('names that are no partition are held with the reason, or left out by the pattern; neither is in the way of a good one', async () => {
  await using workspace = await Workspace.create({
    source: localFolder('source', { files: '{partition}.csv', settle: '50ms' }),
    partitions: daily({ start: '2018-01-22' }),
  })
  for (const name of ['2018-02-28.csv', '2018-02-30.csv', 'notes.csv', 'notes.txt', '.gitkeep']) {
    await workspace.drop(name, prices(1))
  }
  await using running = await Running.start(workspace)
  await running.apply()
  const reasons = {
    '2018-02-30.csv': '"2018-02-30" is no key of these daily partitions; expected yyyy-MM-dd, such as 2018-01-22',
    'notes.csv': '"notes" is no key of these daily partitions; expected yyyy-MM-dd, such as 2018-01-22',
  }
  for (const [path, error] of Object.entries(reasons)) {
    expect(await running.outcome(path)).toMatchObject({ status: 'held', error })
    expect(await explained(running, path)).toContain(error)
  }
  await running.outcome('2018-02-28.csv')
  expect(await running.sharePrices()).toEqual({ '2018-02-28.csv': [1] })
  for (const path of ['.gitkeep', 'notes.txt']) {
    expect(await explained(running, path)).toContain('now: nothing: only files that match {partition}.csv are loaded')
  }
  expect(await running.tidemark.startAll(running.pipeline).then((batch) => batch.result())).toMatchObject({ loaded: 0, held: 0 })
  expect(await running.ledger()).toHaveLength(3)
})

test('a path whose folders make no date is held with the reason', async () => {
  await using workspace = await Workspace.create({
    source: localFolder('source', { files: '{yyyy}/{MM}/{dd}.csv', settle: '50ms' }),
    partitions: daily({ start: '2018-01-22' }),
  })
  for (const name of ['2018/02/28.csv', '2018/02/30.csv']) await workspace.drop(name, prices(1))
  await using running = await Running.start(workspace)
  await running.apply()
  expect(await running.outcome('2018/02/30.csv')).toMatchObject({
    status: 'held',
    error: '"2018-02-30" is no key of these daily partitions; expected yyyy-MM-dd, such as 2018-01-22',
  })
  await running.outcome('2018/02/28.csv')
  expect(await running.sharePrices()).toEqual({ '2018/02/28.csv': [1] })
})

test('a .csv and a .csv.gz of one key are two files of one partition, each replaced by itself', async () => {
  await using workspace = await Workspace.create({
    source: localFolder('source', { files: '{partition}.{csv,csv.gz}', settle: '50ms' }),
  })
  await workspace.drop('2018-03-01.csv', prices(1))
  await workspace.drop('2018-03-01.csv.gz', gzipSync(prices(2, 3)))
  await using running = await Running.start(workspace)
  const load = () => running.tidemark.importPartition(running.pipeline, '2018-03-01')
  expect(await load()).toMatchObject({ state: 'loaded', files: 2, rows: 3 })
  expect(await running.sharePrices()).toEqual({ '2018-03-01.csv': [1], '2018-03-01.csv.gz': [2, 3] })
  await workspace.drop('2018-03-01.csv', prices(4))
  expect(await load()).toMatchObject({ state: 'loaded', files: 2, rows: 3 })
  expect(await running.sharePrices()).toEqual({ '2018-03-01.csv': [4], '2018-03-01.csv.gz': [2, 3] })
})

test('a name with SQL in it is a name', async () => {
  await using workspace = await Workspace.create()
  const keys = ["x'; DELETE FROM prices; --", "x') OR 1=1; DROP TABLE prices; --", '$1"; DROP SCHEMA tidemark CASCADE; --']
  await workspace.drop('good.csv', prices(1))
  for (const key of keys) await workspace.drop(`${key}.csv`, prices(2))
  await using running = await Running.start(workspace)
  for (let times = 0; times < 2; times++) {
    for (const key of ['good', ...keys]) {
      expect(await running.tidemark.importPartition(running.pipeline, key)).toMatchObject({ state: 'loaded', rows: 1 })
    }
  }
  const loaded = Object.fromEntries(keys.map((key) => [`${key}.csv`, [2]]))
  expect(await running.sharePrices()).toEqual({ 'good.csv': [1], ...loaded })
  const [partitions] = await running.rows('SELECT list(DISTINCT _tidemark_partition) AS keys FROM prices')
  expect(partitions?.keys).toEqual(expect.arrayContaining(['good', ...keys]))
})
