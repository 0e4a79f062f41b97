import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pMap from 'p-map'
import { readSensor } from '../../../src/client/sensor-state.ts'
import { prices } from '../../harness/prices.ts'
import { Running } from '../../harness/running.ts'
import { until } from '../../harness/until.ts'
import { Workspace } from '../../harness/workspace.ts'
import { S3Ground } from './s3-ground.ts'

let ground: S3Ground
beforeAll(async () => {
  ground = await S3Ground.start()
})
afterAll(() => ground[Symbol.asyncDispose]())

const nameOf = (day: number) => `d${String(day).padStart(4, '0')}.csv`

test('a long listing goes on from its last names; what comes under an older one is caught by the next sweep, and counted', async () => {
  const place = await ground.place()
  const days = Array.from({ length: 700 }, (_, day) => day)
  await pMap(days, (day) => place.put(nameOf(day), prices(day + 1)), { concurrency: 16 })
  await using workspace = await Workspace.create({ source: place.source, sensor: { every: '1s', sweepEvery: '10s' } })
  await using running = await Running.start(workspace)
  await running.apply()
  const state = () => readSensor(running.client, running.pipeline)
  await until('all to be loaded', async () => (await running.ledger(false)).length === days.length)
  const seen = (await state())?.sweptAt
  await until('the next sweep', async () => (await state())?.sweptAt !== seen)

  const swept = (await state())?.sweptAt
  await place.put(nameOf(9_999), prices(1))
  await running.outcome(nameOf(9_999))
  expect((await state())?.sweptAt).toBe(swept)

  await place.put(nameOf(5).replace('.csv', 'b.csv'), prices(2))
  await place.put(nameOf(7), prices(3, 4))
  await running.outcome(nameOf(7), 2)
  await running.outcome(nameOf(5).replace('.csv', 'b.csv'))
  expect(await until('the sensor to tell of late ones', async () => (await state())?.late || false)).toBe(2)
  expect(await running.rows('SELECT count(*)::INTEGER AS rows FROM prices')).toEqual([{ rows: 703 }])
  expect((await state())?.calls).toBeGreaterThan(0)
})
