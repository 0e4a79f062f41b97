import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { loadBatch } from '../../src/loading/load-batch.ts'
import { MOST_AT_ONCE } from '../../src/watching/crowd.ts'
import { prices } from '../harness/prices.ts'
import { until } from '../harness/until.ts'
import { Watched } from './watched.ts'

test('a look that is cut short loses no hint', async () => {
  await using watched = await Watched.create()
  await watched.look()
  await watched.watcher.hints[Symbol.asyncDispose]() // from now on the hints are those of this test
  for (const [key, hint] of [
    ['a', 'a.csv'],
    ['b', undefined],
  ] as const) {
    await watched.workspace.drop(`${key}.csv`, prices(1))
    watched.watcher.hints.add(hint)
    const turn = new AbortController()
    const look = watched.look({ signal: turn.signal })
    turn.abort()
    await expect(look).rejects.toThrow()
    expect(await watched.readyKeys()).toEqual([key])
    await watched.load(key)
  }
})

test.each([
  [MOST_AT_ONCE, { many: false, partitions: MOST_AT_ONCE }],
  [MOST_AT_ONCE + 1, { many: true, partitions: 0 }],
])('of %i partitions that are ready at once: %j', async (count, expected) => {
  await using watched = await Watched.create({
    source: { kind: 'local', folder: 'source', files: '{partition}.csv', settle: '0s' },
  })
  for (let number = 0; number < count; number++) await watched.workspace.drop(`${number}.csv`, prices(1))
  const { many, partitions } = await watched.look()
  expect({ many, partitions: partitions.length }).toEqual(expected)
})

test('of a crowd the batch is asked for before it has settled, once, and loads it no earlier than that', async () => {
  await using watched = await Watched.create({
    source: { kind: 'local', folder: 'source', files: '{partition}.csv', settle: '250ms' },
  })
  for (let number = 0; number <= MOST_AT_ONCE; number++) await watched.workspace.drop(`${number}.csv`, prices(1))
  expect(await watched.look()).toEqual({ many: true, partitions: [] })
  expect(await watched.look()).toEqual({ many: false, partitions: [] })
  expect(watched.watcher.nextDueMs()).toBeGreaterThan(0)
  await watched.workspace.drop('0.csv', prices(1, 2)) // which is to settle anew
  const changed = performance.now()
  const run = { workflowId: 'test', runId: 'batch' }
  const { signal } = new AbortController()
  const request = { open: watched.open, run, isOpen: async () => false, progress: () => undefined, lastTry: true, signal }
  const context = { warehouse: watched.warehouse, stagingFolder: join(watched.workspace.folder, 'staging') }
  expect(await loadBatch(context, { ...request, alsoPostponed: false })).toMatchObject({ loaded: MOST_AT_ONCE + 1, left: 0 })
  expect(performance.now() - changed).toBeGreaterThanOrEqual(250)
  expect((await watched.sharePrices())['0.csv']).toEqual([1, 2])
})

test('a crowd that was asked for and changes is not asked for again before it has settled', async () => {
  await using watched = await Watched.create({
    source: { kind: 'local', folder: 'source', files: '{partition}.csv', settle: '250ms' },
  })
  const drop = async (rows: number) => {
    for (let number = 0; number <= MOST_AT_ONCE; number++)
      await watched.workspace.drop(`${number}.csv`, prices(...Array.from({ length: rows }, () => 1)))
    watched.watcher.sweepSoon()
  }
  await drop(1)
  expect(await watched.look()).toMatchObject({ many: true })
  const asked = performance.now()
  await until('what was handed out to be due again', () => performance.now() - asked > 500)
  await drop(2)
  expect(await watched.look()).toEqual({ many: false, partitions: [] })
  expect(await watched.ready()).toMatchObject({ many: true })
  expect(performance.now() - asked).toBeGreaterThan(750)
})

test('those of a crowd that are left alone after failures do not make the others ready before they have settled', async () => {
  await using watched = await Watched.create({
    source: { kind: 'local', folder: 'source', files: '{partition}.csv', settle: '250ms' },
  })
  const noFolder = join(watched.workspace.folder, 'a-file')
  await writeFile(noFolder, '')
  for (let number = 0; number < MOST_AT_ONCE; number++) {
    await watched.workspace.drop(`${number}.csv`, prices(1))
    await expect(watched.load(`${number}`, noFolder)).rejects.toThrow()
  }
  await watched.workspace.drop('new.csv', prices(1))
  const dropped = performance.now()
  expect(await watched.readyKeys()).toEqual(['new'])
  expect(performance.now() - dropped).toBeGreaterThanOrEqual(250)
})

test('a few that are about to settle are not ready', async () => {
  await using watched = await Watched.create({
    source: { kind: 'local', folder: 'source', files: '{partition}.csv', settle: '250ms' },
  })
  for (let number = 0; number < MOST_AT_ONCE; number++) await watched.workspace.drop(`${number}.csv`, prices(1))
  expect(await watched.look()).toEqual({ many: false, partitions: [] })
})

test('what is left out because its import is open is ready when it has closed, at once', async () => {
  await using watched = await Watched.create()
  await watched.workspace.drop('a.csv', prices(1))
  await watched.workspace.drop('b.csv', prices(1))
  expect(await watched.readyKeys({ leaveOut: (key) => key === 'a' })).toEqual(['b'])
  await watched.load('b')
  expect((await watched.look()).partitions.map(({ key }) => key)).toEqual(['a'])
})

test('a partition whose load failed is left alone for a while, and a person who asks gets it at once', async () => {
  await using watched = await Watched.create()
  await watched.workspace.drop('a.csv', prices(1))
  await watched.workspace.drop('b.csv', prices(1))
  expect(await watched.readyKeys()).toEqual(['a', 'b'])
  const noFolder = join(watched.workspace.folder, 'a-file')
  await writeFile(noFolder, '')
  for (let tries = 1; tries <= 2; tries++) {
    const before = Date.now()
    await expect(watched.load('a', noFolder)).rejects.toThrow()
    const [backoff] = await watched.warehouse.backoffs(watched.workspace.pipeline)
    expect(backoff).toMatchObject({ key: 'a', tries })
    expect(backoff?.notBefore.getTime()).toBeGreaterThan(before + 9_000 * tries)
  }
  expect(await watched.readyKeys()).toEqual(['b'])
  expect(await watched.look()).toEqual({ many: false, partitions: [] })
  expect((await watched.look({ alsoPostponed: true })).partitions.map(({ key }) => key)).toEqual(['a', 'b'])
  expect(await watched.load('a')).toMatchObject({ state: 'loaded', rows: 1 })
  expect(await watched.warehouse.backoffs(watched.workspace.pipeline)).toEqual([])
})

test('a folder that vanishes is an error, and what was in it is not believed gone', async () => {
  await using watched = await Watched.create()
  const { workspace, watcher } = watched
  await workspace.drop('a.csv', prices(1))
  await watched.ready()
  await watched.load('a')
  await workspace.drop('b.csv', prices(1))
  await watched.ready()

  const elsewhere = join(workspace.folder, 'elsewhere')
  await rename(workspace.path(''), elsewhere)
  for (let looks = 0; looks < 3; looks++) {
    watcher.sweepSoon()
    expect(await watched.look()).toEqual({ many: false, partitions: [] })
    expect(watcher.failing).toMatch(/ENOENT/)
    expect(watcher.nextDueMs()).toBeGreaterThan(0)
  }
  await rename(elsewhere, workspace.path(''))
  watcher.sweepSoon()
  expect(await watched.readyKeys()).toEqual(['b'])
  expect(watcher.failing).toBeNull()
  const entries = await watched.warehouse.files(workspace.pipeline)
  expect(entries.map(({ path, status, gone_at }) => ({ path, status, gone_at }))).toEqual([
    { path: 'a.csv', status: 'loaded', gone_at: null },
  ])
})
