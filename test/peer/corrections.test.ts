import { stat, utimes, writeFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { explained } from '../harness/explained.ts'
import { HEADER, prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

test('a file that changes after its import is seen again: its rows are replaced, and no others', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop('day.csv', prices(1, 2))
  await workspace.drop('other.csv', prices(9))
  await using running = await Running.start(workspace)
  await running.apply()
  await Promise.all([running.outcome('day.csv'), running.outcome('other.csv')])
  await workspace.drop('day.csv', prices(3, 4, 5))
  await running.outcome('day.csv', 2)
  expect(await running.sharePrices()).toEqual({ 'day.csv': [3, 4, 5], 'other.csv': [9] })
  expect(await running.ledgerLines()).toEqual(['day.csv#1 superseded', 'day.csv#2 loaded', 'other.csv#1 loaded'])
})

test('a change is seen though neither the size nor the time of the last change tells of it', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop('day.csv', prices(1))
  await using running = await Running.start(workspace)
  await running.apply()
  const { fingerprint } = await running.outcome('day.csv')
  const path = workspace.path('day.csv')
  const { atime, mtime } = await stat(path)
  await writeFile(path, prices(2))
  await utimes(path, atime, mtime)
  expect((await running.outcome('day.csv', 2)).fingerprint).not.toBe(fingerprint)
  expect(await running.sharePrices()).toEqual({ 'day.csv': [2] })
})

test('a file rewritten with the same bytes is nothing to do, and that is said', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop('day.csv', prices(1, 2))
  await using running = await Running.start(workspace)
  await running.apply()
  const first = await running.outcome('day.csv')
  const rowIds = await running.rows('SELECT rowid, * FROM prices ORDER BY rowid')
  await workspace.drop('day.csv', prices(1, 2))
  const second = await running.outcome('day.csv', 2)
  expect(second).toMatchObject({ status: 'loaded', rows: 2, content_hash: first.content_hash })
  expect(await running.rows('SELECT rowid, * FROM prices ORDER BY rowid')).toEqual(rowIds)
  const told = await until('word of it', () => running.said.loads[1])
  expect(told).toMatchObject({ files: 1, rows: 0, only: { path: 'day.csv', key: 'day', same: true } })
  expect(await running.ledgerLines()).toEqual(['day.csv#1 superseded', 'day.csv#2 loaded'])
  expect(await explained(running, 'day.csv')).toContain('now: nothing: it is up to date')
})

test('a malformed file that replaces a good one is held with its line, and the good rows stay', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop('day.csv', prices(1, 2))
  await using running = await Running.start(workspace)
  await running.apply()
  await running.outcome('day.csv')
  await workspace.drop('day.csv', `${prices(3)}"2018/09/12",4,5\n`)
  const held = await running.outcome('day.csv', 2)
  expect(held).toMatchObject({ status: 'held', error: '1 bad row at line 3: 3 fields where 6 are expected' })
  expect(await running.worker.warehouse.rejected(running.pipeline, 'day.csv', 2)).toEqual([
    { line: 3, column: null, error: '3 fields where 6 are expected', text: '"2018/09/12",4,5' },
  ])
  expect(await running.sharePrices()).toEqual({ 'day.csv': [1, 2] })
  expect(await running.ledgerLines()).toEqual(['day.csv#1 loaded', 'day.csv#2 held'])
  expect(await explained(running, 'day.csv')).toContain('now: nothing: this version is held')
})

test('a file whose check failed is loaded once it is corrected', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop('day.csv', prices(1, 0))
  await using running = await Running.start(workspace)
  await running.apply()
  const held = await running.outcome('day.csv')
  expect(held).toMatchObject({ status: 'held', error: 'check above(share_price, 0) failed for 1 of 2 rows' })
  await workspace.drop('day.csv', prices(1, 2))
  expect(await running.outcome('day.csv', 2)).toMatchObject({ status: 'loaded', rows: 2 })
  expect(await running.sharePrices()).toEqual({ 'day.csv': [1, 2] })
})

test("rows whose dates are not the file's are replaced by file when it is imported again", async () => {
  await using workspace = await Workspace.create()
  const rows = (...dates: string[]) => `${[HEADER, ...dates.map((date) => `"${date}",1,2,3,4,5`)].join('\n')}\n`
  await workspace.drop('2018-01-22.csv', rows('2018/09/28', '2017/03/01'))
  await workspace.drop('2018-09-28.csv', rows('2018/09/28', '2018/01/22'))
  await using running = await Running.start(workspace)
  const importBoth = () =>
    Promise.all(['2018-01-22', '2018-09-28'].map((day) => running.tidemark.importPartition(running.pipeline, day)))
  await importBoth()
  await workspace.drop('2018-01-22.csv', rows('2018/09/28', '2016/02/29'))
  await workspace.drop('2018-09-28.csv', rows('2018/09/28', '2018/01/22'))
  await importBoth()
  expect(await running.rows('SELECT _tidemark_partition AS day, date FROM prices ORDER BY ALL')).toEqual([
    { day: '2018-01-22', date: '2016-02-29' },
    { day: '2018-01-22', date: '2018-09-28' },
    { day: '2018-09-28', date: '2018-01-22' },
    { day: '2018-09-28', date: '2018-09-28' },
  ])
})
