import { expect, test } from '@jest/globals'
import { daily } from '../../src/config/define.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'
import { backfill, ended } from './ticks.ts'

const DAYS = ['2018-01-22', '2018-01-23', '2018-01-24', '2018-01-25', '2018-01-26']

/** What is in the table and the ledger after one of the ways to load days again. */
async function endState(load: (running: Running) => Promise<unknown>) {
  await using workspace = await Workspace.create({
    partitions: daily({ start: '2018-01-22', end: '2018-01-26' }),
    schedule: { cron: '0 6 * * *' },
  })
  for (const [index, day] of DAYS.entries()) if (index !== 2) await workspace.drop(`${day}.csv`, prices(index, index + 1))
  await using running = await Running.start(workspace)
  await running.apply()
  await running.tidemark.importPartition(running.pipeline, '2018-01-26')
  await workspace.drop('2018-01-26.csv', prices(9))
  await load(running)
  const ledger = (await running.ledger()).map(({ path, sequence, status, rows, error, checks, content_hash }) => {
    return { path, sequence, status, rows, error, checks, content_hash }
  })
  return { prices: await running.sharePrices(), ledger, claims: await running.worker.warehouse.claims() }
}

test('`temporal schedule backfill`, a backfill and a single run leave the same of the same days', async () => {
  const bySchedule = await endState(async (running) => {
    // Each tick loads the day before.
    await backfill(running, '2018-01-23', '2018-01-27')
    expect((await ended(running, 5)).map(({ status }) => status)).toEqual(['held', 'loaded', 'missing', 'loaded', 'loaded'])
  })
  const byBackfill = (options: { singleRun?: boolean }) =>
    endState(async ({ tidemark, pipeline }) => {
      const done = await tidemark.backfill(pipeline, { from: '2018-01-22', to: '2018-01-26', ...options })
      expect(await done.result()).toMatchObject({ loaded: 3, held: 1, missing: 1, upToDate: 0 })
    })
  expect(await byBackfill({})).toEqual(bySchedule)
  expect(await byBackfill({ singleRun: true })).toEqual(bySchedule)
  expect(bySchedule.prices).toEqual({ '2018-01-23.csv': [1, 2], '2018-01-25.csv': [3, 4], '2018-01-26.csv': [9] })
  expect(bySchedule.ledger.map(({ path, sequence, status }) => `${path}#${sequence} ${status}`)).toEqual([
    '2018-01-22.csv#1 held',
    '2018-01-23.csv#1 loaded',
    '2018-01-25.csv#1 loaded',
    '2018-01-26.csv#1 superseded',
    '2018-01-26.csv#2 loaded',
  ])
})
