import { chmod, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { localFolder } from '../../src/config/define.ts'
import type { Step } from '../../src/loading/load-files.ts'
import { loadPartition } from '../../src/loading/load-partition.ts'
import { prices } from '../harness/prices.ts'
import { Watched } from '../watching/watched.ts'

test('by content a touched file is the same, and other bytes under the same size and mtime are a new version', async () => {
  await using watched = await Watched.create({
    source: localFolder('source', { files: '{partition}.csv', settle: '20ms', identity: 'content' }),
  })
  const { workspace } = watched
  const path = workspace.path('day.csv')
  await workspace.drop('day.csv', prices(1))
  expect(await watched.readyKeys()).toEqual(['day'])
  await watched.load('day')
  expect((await watched.open.source.stat('day.csv'))?.fingerprint).toMatch(/^\d+-[0-9a-f]{64}$/)

  await utimes(path, new Date(), new Date(2_000))
  await chmod(path, 0o600)
  await workspace.drop('day.csv', prices(1))
  watched.watcher.sweepSoon()
  expect(await watched.look()).toEqual({ many: false, partitions: [] })
  expect(watched.watcher.unsettled).toBe(0)
  expect(await watched.now('day.csv')).toBe('nothing: it is up to date')
  expect(await watched.ledger()).toEqual(['day.csv#1 loaded'])

  const { atime, mtime } = await stat(path)
  await writeFile(path, prices(2))
  await utimes(path, atime, mtime)
  expect(await watched.readyKeys()).toEqual(['day'])
  await watched.load('day')
  expect(await watched.ledger()).toEqual(['day.csv#1 superseded', 'day.csv#2 loaded'])
  expect(await watched.sharePrices()).toEqual({ 'day.csv': [2] })
})

test('by content a held version that was gone and is back is released as what it is', async () => {
  await using watched = await Watched.create({
    source: localFolder('source', { files: '{partition}.csv', settle: '0s', identity: 'content' }),
  })
  const { workspace, warehouse, open } = watched
  await workspace.drop('day.csv', prices(-1))
  await watched.load('day')
  await rm(workspace.path('day.csv'))
  for (let sweeps = 0; sweeps < 2; sweeps++) open.absences.swept({ found: 1, missing: ['day.csv'] })
  await watched.load('day')
  const [gone] = await warehouse.files(workspace.pipeline)
  expect(gone?.gone_at).not.toBeNull()
  await workspace.drop('day.csv', prices(-1))
  const release = { decision: 'release', reason: 'a refund', by: null, fingerprint: gone?.fingerprint ?? '' } as const
  await warehouse.decide(workspace.pipeline, 'day.csv', release)
  expect(await watched.load('day')).toMatchObject({ state: 'loaded', rows: 1 })
  expect(await watched.ledger()).toEqual(['day.csv#1 loaded'])
})

test('by content bytes that came and went while they were read are not published as those that are there', async () => {
  await using watched = await Watched.create({
    source: localFolder('source', { files: '{partition}.csv', settle: '0s', identity: 'content' }),
  })
  const { workspace, warehouse, open } = watched
  await workspace.drop('day.csv', prices(1))
  const onStep = async (step: Step) => {
    if (step === 'looked') await workspace.drop('day.csv', prices(2))
    if (step === 'staged') await workspace.drop('day.csv', prices(1))
  }
  const { signal } = new AbortController()
  const request = { open, key: 'day', hints: [], run: { workflowId: 'w', runId: 'r' }, lastTry: false, signal }
  const context = { warehouse, stagingFolder: `${workspace.folder}/staging` }
  expect(await loadPartition({ ...context, onStep }, request)).toMatchObject({ state: 'waiting', rows: 0 })
  expect(await loadPartition(context, request)).toMatchObject({ state: 'loaded', rows: 1 })
  expect(await watched.sharePrices()).toEqual({ 'day.csv': [1] })
})
