import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { daily, localFolder } from '../../src/config/define.ts'
import { explained } from '../harness/explained.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'

const DAYS = ['2018-01-22', '2018-01-23', '2018-01-24']

const record = z.object({
  date: z.string(),
  share_price: z.coerce.number(),
  amount: z.coerce.number(),
  spend: z.coerce.number(),
  shift: z.coerce.number(),
  spread: z.coerce.number(),
})

/** The rows that a sample should become, as a plain reading of it has them. */
function rowsOf(day: string, csv: string) {
  return z
    .array(record)
    .parse(parse(csv, { columns: true }))
    .map((row) => ({
      ...row,
      date: row.date.replaceAll('/', '-'),
      _tidemark_partition: day,
      _tidemark_file: `${day}.csv`,
    }))
}

test('the sample files give 8 rows to each of their partitions, once, also when all is run twice', async () => {
  await using workspace = await Workspace.create({
    source: localFolder('source', { files: '{partition}.csv', settle: '50ms' }),
    partitions: daily({ start: '2018-01-22', end: '2018-01-24' }),
    schedule: { cron: '0 6 * * *' },
  })
  const expected = []
  for (const day of DAYS) {
    const csv = await readFile(new URL(`../../data/daily/${day}.csv`, import.meta.url), 'utf8')
    await workspace.drop(`${day}.csv`, csv)
    expected.push(...rowsOf(day, csv))
  }
  await using running = await Running.start(workspace)
  for (let times = 0; times < 2; times++) {
    for (const day of DAYS) {
      expect(await running.tidemark.importPartition(running.pipeline, day)).toMatchObject({ state: 'loaded', files: 1, rows: 8 })
    }
    const rows = await running.rows('SELECT * FROM prices ORDER BY _tidemark_file, rowid')
    expect(rows).toHaveLength(24)
    expect(rows).toEqual(expect.arrayContaining(expected))
    expect(await running.ledgerLines()).toEqual(DAYS.map((day) => `${day}.csv#1 loaded`))
  }
  expect(running.said.loads).toHaveLength(3)
})

test('the end of the partitions is included: its file is imported, the next day is none of them and says so', async () => {
  await using workspace = await Workspace.create({
    source: localFolder('source', { files: '{partition}.csv', settle: '50ms' }),
    partitions: daily({ start: '2018-01-22', end: '2018-01-24' }),
    schedule: { cron: '0 6 * * *' },
  })
  for (const day of ['2018-01-21', '2018-01-22', '2018-01-24', '2018-01-25']) await workspace.drop(`${day}.csv`, prices(1))
  await using running = await Running.start(workspace)
  expect(await running.tidemark.importPartition(running.pipeline, '2018-01-24')).toMatchObject({ state: 'loaded', rows: 1 })
  expect(await running.tidemark.importPartition(running.pipeline, '2018-01-22')).toMatchObject({ state: 'loaded', rows: 1 })
  expect(await running.tidemark.importPartition(running.pipeline, '2018-01-25')).toMatchObject({
    state: 'nothing',
    reason: '2018-01-25 is after the last partition, 2018-01-24',
  })
  const batch = await running.tidemark.startAll(running.pipeline)
  expect(await batch.result()).toEqual({ loaded: 0, held: 0, rows: 0 })
  expect(await running.sharePrices()).toEqual({ '2018-01-22.csv': [1], '2018-01-24.csv': [1] })
  expect(await explained(running, '2018-01-25.csv')).toContain('now: nothing: 2018-01-25 is after the last partition')
  expect(await explained(running, '2018-01-21.csv')).toContain('now: nothing: 2018-01-21 is before the first partition')
})
