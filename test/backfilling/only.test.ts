import { rename } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { above } from '../../src/checks/builders.ts'
import type { BackfillOptions } from '../../src/client/index.ts'
import { localFolder } from '../../src/config/define.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'

const source = localFolder('source', { files: '{partition}.csv', settle: '20ms' })
const MODES = [
  ['a run each', {}],
  ['together', { singleRun: true }],
] as const

async function backfill({ tidemark, pipeline }: Running, options: BackfillOptions) {
  const { problems, ...counts } = await (await tidemark.backfill(pipeline, options)).result()
  return { problems: problems.map(({ partition, state }) => `${partition} ${state}`).sort(), ...counts }
}

const ZERO = { loaded: 0, rows: 0, held: 0, failed: 0, waiting: 0, missing: 0, upToDate: 0, leftOut: 0, problems: [] }

test.each(MODES)('%s: held ones are tried again when the check that held them is gone, and only they', async (_, mode) => {
  await using workspace = await Workspace.create({ source })
  for (const [key, price] of [
    ['a', 1],
    ['b', 0],
    ['c', 0],
    ['d', -1],
  ] as const)
    await workspace.drop(`${key}.csv`, prices(price))
  {
    await using running = await Running.start(workspace)
    expect(await backfill(running, mode)).toEqual({
      ...ZERO,
      loaded: 1,
      rows: 1,
      held: 3,
      problems: ['b held', 'c held', 'd held'],
    })
  }
  // The config was mended: a worker that starts reads it.
  const { config, pipeline, settings } = workspace
  const mended = { ...settings, checks: [above('share_price', -0.5)] }
  await using running = await Running.start(workspace, { config: { ...config, pipelines: new Map([[pipeline, mended]]) } })
  await workspace.drop('e.csv', prices(5))
  expect(await backfill(running, { ...mode, only: 'held', to: 'c' })).toEqual({ ...ZERO, loaded: 2, rows: 2, upToDate: 1 })
  expect(await backfill(running, { ...mode, only: 'held' })).toEqual({
    ...ZERO,
    held: 1,
    upToDate: 3,
    leftOut: 1,
    problems: ['d held'],
  })
  expect(await running.ledgerLines()).toEqual(['a.csv#1 loaded', 'b.csv#1 loaded', 'c.csv#1 loaded', 'd.csv#1 held'])
  const [retried] = await running.worker.warehouse.files(pipeline, { path: 'b.csv' })
  expect(retried).toMatchObject({ decision: 'retry', reason: 'backfill', carried_out_at: expect.any(String) })
})

test.each(MODES)('%s: all of them are read again, each once, but not what a person has removed', async (_, mode) => {
  await using workspace = await Workspace.create({ source })
  for (const [index, key] of ['a', 'b', 'c', 'd'].entries()) await workspace.drop(`${key}.csv`, prices(index))
  await using running = await Running.start(workspace)
  const { tidemark, pipeline } = running
  await backfill(running, mode)
  await tidemark.removeFile(pipeline, 'd.csv')
  const before = await running.ledger()
  running.said.loads.length = 0
  const counts = await backfill(running, { ...mode, only: 'all' })
  expect(counts).toEqual({ ...ZERO, loaded: 2, rows: 2, held: 1, upToDate: 1, problems: ['a held'] })
  expect(running.said.loads.reduce((sum, { files }) => sum + files, 0)).toBe(2)
  expect(await running.ledgerLines()).toEqual(['a.csv#1 held', 'b.csv#1 loaded', 'c.csv#1 loaded', 'd.csv#1 removed'])
  const times = (entries: typeof before) => entries.map(({ path, loaded_at, claim }) => ({ path, loaded_at, claim }))
  const after = times(await running.ledger())
  expect(after[3]).toEqual(times(before)[3])
  for (const index of [0, 1, 2]) expect(after[index]?.claim).not.toBe(before[index]?.claim)
  expect(await running.sharePrices()).toEqual({ 'b.csv': [1], 'c.csv': [2] })
})

test.each(MODES)('%s: what waits for its marker is counted as waiting, and keeps the others not back', async (_, mode) => {
  await using workspace = await Workspace.create({
    source: localFolder('source', { files: '{partition}.csv', settle: '20ms', done: '{file}.done' }),
  })
  for (const key of ['a', 'b', 'c']) await workspace.drop(`${key}.csv`, prices(1))
  for (const key of ['a', 'c']) await workspace.drop(`${key}.csv.done`, '')
  await using running = await Running.start(workspace)
  expect(await backfill(running, mode)).toEqual({ ...ZERO, loaded: 2, rows: 2, waiting: 1, problems: ['b waiting'] })
  await workspace.drop('b.csv.done', '')
  expect(await backfill(running, mode)).toEqual({ ...ZERO, loaded: 1, rows: 1, upToDate: 2 })
})

test('together: what the table refuses is counted as failed, with the reason, and the others are loaded', async () => {
  await using workspace = await Workspace.create({ source })
  for (const key of ['a', 'b', 'c']) await workspace.drop(`${key}.csv`, prices(key === 'b' ? 500 : 1))
  await using running = await Running.start(workspace)
  await running.rows(
    `CREATE TABLE prices (date DATE, share_price DOUBLE CHECK (share_price < 100), amount DOUBLE, spend DOUBLE, shift DOUBLE,
     spread DOUBLE, _tidemark_partition VARCHAR, _tidemark_file VARCHAR)`,
  )
  const failing = { ...ZERO, loaded: 2, rows: 2, failed: 1, problems: ['b failed'] }
  expect(await backfill(running, { singleRun: true })).toEqual(failing)
  expect(await running.worker.warehouse.backoffs(running.pipeline)).toMatchObject([{ key: 'b' }])
  await workspace.drop('b.csv', prices(5))
  expect(await backfill(running, { singleRun: true })).toEqual({ ...ZERO, loaded: 1, rows: 1, upToDate: 2 })
})

test('a backfill whose source is away waits for it', async () => {
  await using workspace = await Workspace.create({ source })
  await workspace.drop('a.csv', prices(1))
  await using running = await Running.start(workspace)
  await rename(workspace.path(''), `${workspace.folder}/away`)
  const waiting = await running.tidemark.backfill(running.pipeline)
  await rename(`${workspace.folder}/away`, workspace.path(''))
  expect(await waiting.result()).toMatchObject({ loaded: 1 })
})
