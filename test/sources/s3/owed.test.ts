import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pMap from 'p-map'
import { loadBatch } from '../../../src/loading/load-batch.ts'
import { OpenPipelines } from '../../../src/loading/open-pipelines.ts'
import type { Mark } from '../../../src/watching/mark.ts'
import { Watcher } from '../../../src/watching/watcher.ts'
import { prices } from '../../harness/prices.ts'
import { until } from '../../harness/until.ts'
import { Watched } from '../../watching/watched.ts'
import type { Place } from '../contract.ts'
import { S3Ground } from './s3-ground.ts'

let ground: S3Ground
beforeAll(async () => {
  ground = await S3Ground.start()
})
afterAll(() => ground[Symbol.asyncDispose]())

const DAYS = 700
const nameOf = (day: number, more = '') => `d${String(day).padStart(4, '0')}${more}.csv`

test('what a watcher has seen and nobody has loaded when its process dies, the next one finds, without a listing of everything', async () => {
  const place = await ground.place()
  await using watched = await loaded(place)
  const { watcher } = watched
  expect(watcher.mark?.after).toBe(nameOf(DAYS - 501))

  // Seen, handed out, and in flight; then a file comes of which nobody has heard.
  await place.put(nameOf(100), prices(3, 4))
  await place.put(nameOf(40), prices(5, 6))
  for (const path of [nameOf(100), nameOf(40)]) watcher.hints.add(path)
  expect(await watched.readyKeys()).toEqual(['d0040', 'd0100'])
  expect(watcher.mark?.after).toBe('d0040.cs')
  await place.put(nameOf(3, 'b'), prices(1))

  await using next = await nextWatcher(watched, watcher.mark)
  expect(next.ready).toEqual(['d0040', 'd0100'])
  expect(next.calls).toBe(1)
  expect(next.watcher.lastSweep).toBeUndefined()
  expect(next.watcher.sweptAt?.toISOString()).toBe(watcher.mark?.sweptAt)
  next.watcher.sweepSoon()
  expect(next.watcher.mark).toBeNull() // it owes a listing of everything
  expect((await next.look()).sort()).toContain('d0003b')
  expect(next.watcher.lastSweep).toMatchObject({ late: 1 })

  await watched.load('d0040')
  await until('the mark to rise', async () => {
    await watched.look({ alsoPostponed: true })
    return watcher.mark?.after === 'd0100.cs'
  })
})

test('where config or ledger are others, a mark is worth nothing, and everything is listed', async () => {
  const place = await ground.place()
  await using watched = await loaded(place)
  await place.put(nameOf(3, 'b'), prices(1))
  const mark = watched.watcher.mark
  expect(mark).not.toBeNull()
  await using next = await nextWatcher(watched, mark && { ...mark, of: 'another' })
  expect(next.ready).toEqual(['d0003b'])
  expect(next.watcher.lastSweep).toMatchObject({ files: DAYS + 1 })
})

/** All of a store is loaded, as its watcher knows. */
async function loaded(place: Place): Promise<Watched> {
  const days = Array.from({ length: DAYS }, (_, day) => day)
  await pMap(days, (day) => place.put(nameOf(day), prices(day + 1)), { concurrency: 16 })
  const watched = await Watched.create({ source: place.source, sensor: { every: '1h', sweepEvery: '1h' } })
  const { open, watcher } = watched
  expect(watcher.mark).toBeNull()
  expect(await watched.look()).toMatchObject({ many: true })
  expect(watcher.mark).toMatchObject({ after: 'd0000.cs' })
  const context = { warehouse: watched.warehouse, stagingFolder: `${watched.workspace.folder}/staging` }
  const run = { workflowId: 'test', runId: 'batch' }
  const { signal } = new AbortController()
  await loadBatch(context, { open, run, alsoPostponed: false, isOpen: async () => false, progress: () => undefined, signal })
  expect(await watched.look({ alsoPostponed: true })).toEqual({ many: false, partitions: [] })
  return watched
}

/** A watcher as another process has it, after its first look. */
async function nextWatcher({ workspace, warehouse, watcher: { everyMs } }: Watched, mark: Mark | null) {
  const open = new OpenPipelines(workspace.config).get(workspace.pipeline)
  const watcher = new Watcher(open, warehouse, everyMs)
  watcher.goOnFrom(mark)
  const { signal } = new AbortController()
  const look = async () =>
    (await watcher.look({ leaveOut: () => false, alsoPostponed: true, signal })).partitions.map(({ key }) => key)
  const ready = await look()
  return {
    watcher,
    look,
    ready,
    calls: open.source.calls.lastHour(),
    [Symbol.asyncDispose]: () => watcher[Symbol.asyncDispose](),
  }
}
