import { rm } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { type Page, type PageLimit, planPage } from '../../src/backfilling/plan-page.ts'
import type { BackfillRequest } from '../../src/backfilling/request.ts'
import { add, NOTHING_YET } from '../../src/backfilling/tally.ts'
import { localFolder } from '../../src/config/define.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'

const SOURCE = localFolder('source', { files: '{partition}/*.csv', settle: '50ms' })
const DAYS = { kind: 'daily', start: '2018-01-01', end: '2018-01-12' } as const
const NO_LIMIT: PageLimit = { partitions: 1_000, bytes: 100_000 }

type Asked = Omit<BackfillRequest, 'pipeline'>

/** All pages of a plan: what is started and why, and what is counted. */
async function plan(running: Running, asked: Asked, limit = NO_LIMIT, stretch = 100) {
  const { workspace, pipeline, worker } = running
  const open = new OpenPipelines(workspace.config).get(pipeline)
  const { signal } = new AbortController()
  const pages: Page[] = []
  let counted = NOTHING_YET
  do {
    const after = pages.at(-1)?.after
    const page = await planPage(open, worker.warehouse, { ...asked, pipeline, at: Date.now(), after, limit, stretch }, signal)
    pages.push(page)
    counted = add(counted, page.counted)
  } while (pages.at(-1)?.after !== undefined)
  const started = pages.flatMap(({ partitions }) => partitions.map(({ key, why }) => `${key} ${why}`))
  const again = pages.flatMap(({ partitions }) => partitions.flatMap((partition) => partition.again))
  return { pages, counted, started, again }
}

/** A partition of each kind. */
async function oneOfEach(): Promise<[Workspace, Running]> {
  const workspace = await Workspace.create({ source: SOURCE, partitions: DAYS, schedule: { cron: '0 6 * * *' } })
  const drop = (day: number, name: string, ...of: number[]) => workspace.drop(`2018-01-0${day}/${name}.csv`, prices(...of))
  await drop(2, 'loaded', 1)
  await drop(3, 'held', 0)
  await drop(4, 'loaded', 1)
  await drop(4, 'held', 0)
  await drop(5, 'changes', 1)
  await drop(6, 'gone', 1)
  await drop(7, 'removed', 1)
  await drop(9, 'loaded', 1)
  const running = await Running.start(workspace)
  const { tidemark, pipeline } = running
  await tidemark.backfill(pipeline, { singleRun: true }).then((backfill) => backfill.result())
  await tidemark.removeFile(pipeline, '2018-01-07/removed.csv')
  await drop(5, 'changes', 2)
  await drop(8, 'new', 1)
  await drop(9, 'comes later', 1)
  await drop(3, 'comes later', 1)
  await rm(workspace.path('2018-01-06/gone.csv'))
  return [workspace, running]
}

test('which partitions are started, and why, and what the others are counted as, by --only', async () => {
  const [workspace, running] = await oneOfEach()
  await using _ = workspace
  await using __ = running
  const of = async (asked: Asked) => {
    const { started, counted, again } = await plan(running, asked)
    const { upToDate, held, missing, leftOut } = counted
    return { started: started.map((line) => line.slice('2018-01-0'.length)), again, counts: { upToDate, held, missing, leftOut } }
  }
  const missing = 4
  expect(await of({})).toEqual({
    started: ['3 unloaded', '5 changed', '8 unloaded', '9 changed'],
    again: [],
    counts: { upToDate: 3, held: 1, missing, leftOut: 0 },
  })
  expect(await of({ only: 'unloaded' })).toEqual({
    started: ['3 unloaded', '8 unloaded'],
    again: [],
    counts: { upToDate: 3, held: 1, missing, leftOut: 2 },
  })
  expect(await of({ only: 'changed', newestFirst: true })).toEqual({
    started: ['9 changed', '5 changed'],
    again: [],
    counts: { upToDate: 3, held: 2, missing, leftOut: 1 },
  })
  expect(await of({ only: 'held' })).toEqual({
    started: ['3 held', '4 held'],
    again: ['2018-01-03/held.csv', '2018-01-04/held.csv'],
    counts: { upToDate: 3, held: 0, missing, leftOut: 3 },
  })
  expect(await of({ only: 'all', to: '2018-01-07' })).toEqual({
    started: ['2 loaded', '3 unloaded', '4 held', '5 changed'],
    again: ['2018-01-02/loaded.csv', '2018-01-03/held.csv', '2018-01-04/held.csv', '2018-01-04/loaded.csv'],
    counts: { upToDate: 2, held: 0, missing: 1, leftOut: 0 },
  })
  // Whoever has corrected a held file asks for what was held.
  await workspace.drop('2018-01-03/held.csv', prices(1))
  await workspace.drop('2018-01-04/held.csv', prices(1))
  expect(await of({ only: 'held' })).toMatchObject({ started: ['3 unloaded', '4 changed'], again: [], counts: { leftOut: 3 } })
})

test('pages are as small as they are to be, and together they are the whole plan, whatever their size', async () => {
  const [workspace, running] = await oneOfEach()
  await using _ = workspace
  await using __ = running
  for (const asked of [{}, { only: 'all', newestFirst: true }, { only: 'held', from: '2018-01-03' }] satisfies Asked[]) {
    const whole = await plan(running, asked)
    expect(whole.pages).toHaveLength(1)
    for (const [partitions, stretch] of [
      [1, 100],
      [2, 3],
      [5, 1],
      [3, 4],
    ] as const) {
      const parts = await plan(running, asked, { partitions, bytes: 25 }, stretch)
      expect({ ...parts, pages: [] }).toEqual({ ...whole, pages: [] })
      for (const page of parts.pages) expect(page.partitions.length).toBeLessThanOrEqual(Math.min(partitions, 2))
      const lefts = parts.pages.map(({ left }) => left)
      expect(lefts.at(-1)).toBe(0)
      expect(lefts).toEqual([...lefts].sort((one, other) => other - one))
    }
  }
})

test('dynamic partitions are planned in the order of their text, page by page', async () => {
  await using workspace = await Workspace.create()
  for (const key of ['b', 'a', 'e', 'd', 'c']) await workspace.drop(`${key}.csv`, prices(1))
  await using running = await Running.start(workspace)
  await running.tidemark.importPartition(running.pipeline, 'c')
  const parts = await plan(running, {}, { partitions: 2, bytes: 100 }, 2)
  expect(parts).toMatchObject({ started: ['a', 'b', 'd', 'e'].map((key) => `${key} unloaded`), counted: { upToDate: 1 } })
  expect(parts.pages.map(({ partitions }) => partitions.length)).toEqual([2, 1, 1])
  expect((await plan(running, { from: 'b', to: 'd', newestFirst: true })).started).toEqual(['d unloaded', 'b unloaded'])
})
