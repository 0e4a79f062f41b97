import { rm } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { localFolder } from '../../src/config/define.ts'
import { loadBatch } from '../../src/loading/load-batch.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import { Watcher } from '../../src/watching/watcher.ts'
import { prices } from '../harness/prices.ts'
import { Watched } from '../watching/watched.ts'

const source = localFolder('source', { files: '{partition}/*', settle: '20ms' })
const HOUR = 3_600_000

const batch = (watched: Watched) =>
  loadBatch(
    { warehouse: watched.warehouse, stagingFolder: `${watched.workspace.folder}/staging` },
    {
      open: watched.open,
      run: { workflowId: 'batch', runId: '1' },
      alsoPostponed: true,
      isOpen: async () => false,
      progress: () => undefined,
      signal: new AbortController().signal,
    },
  )

test('a partition waits for as many files as it has, whoever asks; a correction is loaded by itself', async () => {
  await using watched = await Watched.create({ source, arrival: { files: 2 } })
  await watched.workspace.drop('day/a.csv', prices(1))
  const reason = '1 of 2 files is there'
  expect(await watched.load('day')).toMatchObject({ state: 'waiting', reason: `day/a.csv: ${reason}` })
  expect(await batch(watched)).toMatchObject({ loaded: 0, left: 1 })
  expect(await watched.look()).toEqual({ many: false, partitions: [] })
  expect(await watched.now('day/a.csv')).toBe(`new: ${reason}; the sensor loads it then`)

  await watched.workspace.drop('day/b.csv', prices(2))
  expect(await watched.readyKeys()).toEqual(['day'])
  expect(await watched.load('day')).toMatchObject({ state: 'loaded', rows: 2 })
  await watched.workspace.drop('day/b.csv', prices(3))
  expect(await batch(watched)).toMatchObject({ loaded: 1, left: 0 })
  expect(await watched.sharePrices()).toEqual({ 'day/a.csv': [1], 'day/b.csv': [3] })

  await rm(watched.workspace.path('day/a.csv'))
  await watched.workspace.drop('day/b.csv', prices(4))
  expect(await watched.load('day')).toMatchObject({ state: 'loaded', rows: 1 }) // what has arrived once stays so
  for (const path of ['day/a.csv', 'day/b.csv'])
    await watched.warehouse.decide(watched.workspace.pipeline, path, { decision: 'remove', reason: null, by: null })
  await watched.load('day')
  await watched.workspace.drop('day/b.csv', prices(5))
  expect(await watched.load('day')).toMatchObject({ state: 'loaded', rows: 1 })
})

test('a partition waits for its marker, which is no data', async () => {
  await using watched = await Watched.create({ source, arrival: { marker: '{partition}/_SUCCESS' } })
  await watched.workspace.drop('day/a.csv', prices(1))
  expect(await watched.look()).toEqual({ many: false, partitions: [] })
  expect(await watched.load('day')).toMatchObject({
    state: 'waiting',
    reason: 'day/a.csv: waits for the marker day/_SUCCESS of its partition',
  })
  await watched.workspace.drop('day/_SUCCESS', '')
  expect(await watched.readyKeys()).toEqual(['day'])
  expect(await watched.load('day')).toMatchObject({ state: 'loaded', files: 1, rows: 1 })
  expect(await watched.ledger()).toEqual(['day/a.csv#1 loaded'])

  await watched.workspace.drop('next/a.csv', prices(-1))
  await watched.workspace.drop('next/_SUCCESS', '')
  expect(await watched.load('next')).toMatchObject({ state: 'held' })
  await rm(watched.workspace.path('next/_SUCCESS'))
  await watched.workspace.drop('next/a.csv', prices(2))
  expect(await watched.load('next')).toMatchObject({ state: 'loaded' }) // it had arrived when it was held
})

test('a deadline counts from the first file, also in a process that was only told of it', async () => {
  await using watched = await Watched.create({ source, arrival: { files: 3, deadline: '1h' } })
  await watched.workspace.drop('day/a.csv', prices(1))
  await watched.workspace.drop('day/b.csv', prices(2))
  expect(await watched.load('day')).toMatchObject({ reason: 'day/a.csv: 2 of 3 files are there; the deadline is in 1 h' })
  expect(await watched.now('day/a.csv')).toBe(
    'new: 2 of 3 files are there; the deadline is 1 h after its first file was seen; the sensor loads it then',
  )
  const [carried] = watched.open.sightings.oldest(1)
  if (carried === undefined) throw new Error('expected what waits to be carried')

  const restarted = new OpenPipelines(watched.workspace.config).get(watched.workspace.pipeline)
  await using watcher = new Watcher(restarted, watched.warehouse, HOUR)
  restarted.sightings.seed({ ...carried, watchedMs: HOUR - 2_000, seenMs: HOUR - 2_000 })
  const { signal } = new AbortController()
  const look = { leaveOut: () => false, alsoPostponed: false, signal }
  let ready = await watcher.look(look)
  while (ready.partitions.length === 0) {
    expect(watcher.nextDueMs()).toBeLessThanOrEqual(2_000)
    await watcher.hints.wait(Math.max(1, watcher.nextDueMs()), signal)
    ready = await watcher.look(look)
  }
  expect(restarted.sightings.firstSeenMsAgo(carried.path)).toBeGreaterThanOrEqual(HOUR)
  const [partition] = ready.partitions
  expect(partition?.hints[0]?.seenMs).toBeGreaterThanOrEqual(HOUR)

  // Another process loads it, which knows no more than the hints.
  for (const hint of partition?.hints ?? []) watched.open.sightings.seed(hint)
  expect(await watched.load('day')).toMatchObject({ state: 'loaded', rows: 2 })
  expect(await watched.sharePrices()).toEqual({ 'day/a.csv': [1], 'day/b.csv': [2] })
})

test('a deadline that is gone by stays so for what comes later', async () => {
  await using watched = await Watched.create({ source, arrival: { files: 3, deadline: '1s' } })
  await watched.workspace.drop('day/a.csv', prices(1))
  expect(await watched.load('day')).toMatchObject({ state: 'waiting' })
  expect(await watched.readyKeys()).toEqual(['day'])
  expect(await watched.load('day')).toMatchObject({ state: 'loaded', rows: 1 })
  await watched.workspace.drop('day/a.csv', prices(2))
  expect(await watched.load('day')).toMatchObject({ state: 'loaded', rows: 1 })
  expect(await watched.ledger()).toEqual(['day/a.csv#1 superseded', 'day/a.csv#2 loaded'])
})
