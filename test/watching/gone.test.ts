import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { localFolder } from '../../src/config/define.ts'
import type { PipelineInput } from '../../src/config/schema.ts'
import { prices } from '../harness/prices.ts'
import { Watched } from './watched.ts'

/** A watcher over `a/1`, `a/2` and `b/1`, all loaded. */
async function withFiles(options: Partial<PipelineInput> = {}): Promise<Watched> {
  const watched = await Watched.create({
    source: localFolder('source', { files: '{partition}/*.csv', settle: '0s' }),
    ...options,
  })
  for (const [n, name] of ['a/1.csv', 'a/2.csv', 'b/1.csv'].entries()) await watched.workspace.drop(name, prices(n + 1))
  for (const key of await watched.readyKeys()) await watched.load(key)
  await watched.look()
  return watched
}

async function sweep(watched: Watched) {
  watched.watcher.sweepSoon()
  return watched.look()
}

/** What was handed out just before is handed out again after a moment. */
async function sweepAndReady(watched: Watched) {
  const ready = await sweep(watched)
  return ready.partitions.length > 0 ? ready : watched.ready()
}

async function files({ warehouse, workspace }: Watched): Promise<string[]> {
  const entries = await warehouse.files(workspace.pipeline, { versions: true })
  return entries.map((entry) => `${entry.path}#${entry.sequence} ${entry.status}${entry.gone_at === null ? '' : ' gone'}`)
}

async function inTable({ warehouse }: Watched) {
  const { rows } = await warehouse.query('SELECT DISTINCT _tidemark_file AS file FROM prices ORDER BY ALL')
  return rows.map(({ file }) => file)
}

test('remove: one file of a partition goes, then all of another; one that comes back is loaded again', async () => {
  await using watched = await withFiles({ onDeleted: 'remove' })
  const { workspace } = watched
  await rm(workspace.path('a/1.csv'))
  expect((await sweep(watched)).partitions).toEqual([])
  expect((await sweepAndReady(watched)).partitions).toEqual([{ key: 'a', hints: [], absent: ['a/1.csv'] }])
  expect(await watched.load('a')).toMatchObject({ state: 'loaded', rows: 1 })
  expect(await inTable(watched)).toEqual(['a/2.csv', 'b/1.csv'])

  await rm(workspace.path('b'), { recursive: true })
  await sweep(watched)
  expect((await sweepAndReady(watched)).partitions.map(({ key }) => key)).toEqual(['b'])
  expect(await watched.load('b')).toMatchObject({ state: 'nothing', rows: 0 })
  expect(await inTable(watched)).toEqual(['a/2.csv'])
  expect(await files(watched)).toEqual(['a/1.csv#1 removed gone', 'a/2.csv#1 loaded', 'b/1.csv#1 removed gone'])
  expect((await sweep(watched)).partitions).toEqual([])

  await workspace.drop('a/1.csv', prices(1))
  expect((await sweepAndReady(watched)).partitions.map(({ key }) => key)).toEqual(['a'])
  await watched.load('a')
  expect((await files(watched)).slice(0, 2)).toEqual(['a/1.csv#1 removed gone', 'a/1.csv#2 loaded'])
})

test.each(['keep', 'alert'] as const)(
  '%s: the rows of a file that is gone stay, and those of its return replace them',
  async (onDeleted) => {
    await using watched = await withFiles({ onDeleted })
    const away = join(watched.workspace.folder, 'away.csv')
    await rename(watched.workspace.path('a/1.csv'), away)
    await sweep(watched)
    await sweep(watched)
    await watched.load('a')
    expect(await watched.untold('a')).toEqual({ newlyHeld: 0, ...(onDeleted === 'alert' ? { gone: 1 } : {}) })
    expect(await inTable(watched)).toContain('a/1.csv')
    await rename(away, watched.workspace.path('a/1.csv'))
    await sweep(watched)
    await watched.load('a')
    expect(await watched.untold('a')).toEqual({ newlyHeld: 0 })
    expect((await files(watched)).slice(0, 2)).toEqual(['a/1.csv#1 superseded gone', 'a/1.csv#2 loaded'])
  },
)

test('a folder that is moved away, or empty all of a sudden, removes nothing; nor does a file that is away for one sweep', async () => {
  await using watched = await withFiles({ onDeleted: 'remove' })
  const { workspace } = watched
  const elsewhere = join(workspace.folder, 'elsewhere')
  const nothingGone = async (sweeps: number) => {
    for (let n = 0; n < sweeps; n++) expect((await sweep(watched)).partitions).toEqual([])
    for (const key of ['a', 'b']) await watched.load(key).catch(() => undefined)
    expect(await files(watched)).toEqual(['a/1.csv#1 loaded', 'a/2.csv#1 loaded', 'b/1.csv#1 loaded'])
  }
  await rename(workspace.path(''), elsewhere)
  await nothingGone(3)
  await mkdir(workspace.path(''))
  await nothingGone(3)
  await rm(workspace.path(''), { recursive: true })
  await rename(elsewhere, workspace.path(''))
  await nothingGone(1)

  await rename(workspace.path('a/1.csv'), elsewhere)
  await nothingGone(1)
  await rename(elsewhere, workspace.path('a/1.csv'))
  await sweep(watched)
  await rename(workspace.path('a/1.csv'), elsewhere)
  await nothingGone(1)
})

test('a file that was gone is loaded when it is back, also where its bytes alone tell its version', async () => {
  const source = localFolder('source', { files: '{partition}/*.csv', settle: '0s', identity: 'content' })
  await using watched = await withFiles({ source, onDeleted: 'remove' })
  await rm(watched.workspace.path('b/1.csv'))
  await sweep(watched)
  expect((await sweepAndReady(watched)).partitions).toMatchObject([{ key: 'b', absent: ['b/1.csv'] }])
  await watched.load('b')
  expect(Object.keys(await watched.sharePrices())).toEqual(['a/1.csv', 'a/2.csv'])
  await watched.workspace.drop('b/1.csv', prices(3))
  expect((await sweepAndReady(watched)).partitions.map(({ key }) => key)).toEqual(['b'])
  await watched.load('b')
  expect(Object.keys(await watched.sharePrices())).toEqual(['a/1.csv', 'a/2.csv', 'b/1.csv'])
})
