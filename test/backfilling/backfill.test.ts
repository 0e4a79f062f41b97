import { expect, test } from '@jest/globals'
import { daily, localFolder } from '../../src/config/define.ts'
import type { PipelineInput } from '../../src/config/schema.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'

const DAILY: Partial<PipelineInput> = {
  source: localFolder('source', { files: '{partition}.csv', settle: '50ms' }),
  partitions: daily({ start: '2018-01-01', end: '2018-12-31' }),
  schedule: { cron: '0 6 * * *' },
}

const MODES = [
  ['each by itself', {}],
  ['together', { singleRun: true }],
] as const

test.each(MODES)('%s: a range is loaded; what is held, missing or up to date is counted, and named', async (_, mode) => {
  await using workspace = await Workspace.create(DAILY)
  for (const day of [1, 2, 3, 4, 6, 8]) await workspace.drop(`2018-01-0${day}.csv`, prices(day, day + 1))
  await workspace.drop('2018-01-05.csv', prices(0))
  await using running = await Running.start(workspace)
  const { tidemark, pipeline } = running
  await tidemark.importPartition(pipeline, '2018-01-03')

  const range = { from: '2018-01-02', to: '2018-01-07', ...mode }
  const first = await tidemark.backfill(pipeline, range)
  const held = {
    partition: '2018-01-05',
    state: 'held',
    reason: expect.stringContaining('2018-01-05.csv: check above(share_price, 0)'),
  }
  const none = { failed: 0, waiting: 0, leftOut: 0 }
  expect(await first.result()).toEqual({ ...none, loaded: 3, rows: 6, held: 1, missing: 1, upToDate: 1, problems: [held] })
  expect(Object.keys(await running.sharePrices())).toEqual([2, 3, 4, 6].map((day) => `2018-01-0${day}.csv`))
  expect(running.said.told.map(({ what }) => what)).toEqual(['held'])

  const loads = running.said.loads.length
  const again = await tidemark.backfill(pipeline, range)
  expect(await again.result()).toEqual({ ...none, loaded: 0, rows: 0, held: 1, missing: 1, upToDate: 4, problems: [held] })
  expect(running.said.loads).toHaveLength(loads)
  expect(running.said.told).toHaveLength(1)
})

test('files settle while others are loaded, and not each in the slot of its own load', async () => {
  await using workspace = await Workspace.create({
    ...DAILY,
    source: localFolder('source', { files: '{partition}.csv', settle: '1s' }),
  })
  for (let day = 10; day < 30; day++) await workspace.drop(`2018-01-${day}.csv`, prices(day))
  await using running = await Running.start(workspace)
  await (await running.tidemark.backfill(running.pipeline, { from: '2018-01-10', to: '2018-01-29' })).result()
  const [times] = await running.rows(
    'SELECT count(*)::INTEGER AS files, max(first_seen_at) < min(loaded_at) AS seen_before_the_first_load FROM tidemark.files',
  )
  expect(times).toEqual({ files: 20, seen_before_the_first_load: true })
})
