import { expect, test } from '@jest/globals'
import { localFolder } from '../../src/config/define.ts'
import { sensorId } from '../../src/names.ts'
import type { Sighting } from '../../src/sources/sightings.ts'
import { markOf, sightingsOf } from '../../src/watching/last-words.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

test('what a worker has watched for some time, the next one goes on watching from there', async () => {
  await using workspace = await Workspace.create({
    source: localFolder('source', { files: '{partition}.csv', settle: '1h' }),
    sensor: { every: '1s' },
  })
  await workspace.drop('day.csv', prices(1))
  await using first = await Running.start(workspace)
  await first.apply()
  const watchedMs = await until('a heartbeat that tells of the file', async () => {
    const { sighting } = await heartbeat(first)
    return sighting !== undefined && sighting.watchedMs > 2_500 && sighting.watchedMs
  })
  await first.worker[Symbol.asyncDispose]()

  await using second = await Running.start(workspace)
  // Whatever is more than the time since this try began, it was told by the one before.
  await until('a sighting that is older than the worker', async () => {
    const { sighting, attempt, startedAt } = await heartbeat(second)
    return attempt > 1 && sighting !== undefined && (sighting.seenMs ?? 0) > Date.now() - startedAt + watchedMs / 4
  })
})

test('a heartbeat of older code, and none, tell of no file', () => {
  expect(sightingsOf(undefined)).toEqual([])
  expect(sightingsOf({ sweptAt: null, unsettled: 3 })).toEqual([])
  const sightings = [{ path: 'a', fingerprint: 'x', watchedMs: 5, seenMs: 7 }]
  expect(sightingsOf({ sightings, unsettled: 1 })).toEqual(sightings)
  const mark = { after: 'a', sweptAt: '2018-01-22T00:00:00.000Z', of: 'x' }
  expect([undefined, { sightings }, { sightings, mark: null }, { mark }].map(markOf)).toEqual([undefined, undefined, null, mark])
})

test('what is carried has a bound, however long the names are', async () => {
  await using workspace = await Workspace.create({
    source: localFolder('source', { files: '*/*/*/{partition}.csv', settle: '1h' }),
    sensor: { every: '1s' },
  })
  const folders = ['a', 'b', 'c'].map((letter) => letter.repeat(240)).join('/')
  for (let day = 0; day < 60; day++) await workspace.drop(`${folders}/${'d'.repeat(190)}${day}.csv`, prices(1))
  await using running = await Running.start(workspace)
  await running.apply()
  const sightings = await until('a heartbeat that tells of files', async () => {
    const { all } = await heartbeat(running)
    return all.length > 0 && all
  })
  expect(JSON.stringify(sightings).length).toBeLessThan(6_100)
})

/** What the open turn of the sensor said last. */
async function heartbeat({ client, pipeline }: Running) {
  const { raw } = await client.workflow.getHandle(sensorId(pipeline)).describe()
  const turn = raw.pendingActivities?.[0]
  const text = Buffer.from(turn?.heartbeatDetails?.payloads?.[0]?.data ?? []).toString()
  const all = sightingsOf(text === '' ? undefined : JSON.parse(text))
  const sighting: Sighting | undefined = all[0]
  const startedAt = Number(turn?.lastStartedTime?.seconds ?? 0) * 1_000
  return { all, sighting, attempt: turn?.attempt ?? 0, startedAt }
}
