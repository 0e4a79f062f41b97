import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pMap from 'p-map'
import { z } from 'zod'
import { readSensor } from '../../../src/client/sensor-state.ts'
import type { Sensor } from '../../../src/config/pipeline.ts'
import { sensorId } from '../../../src/names.ts'
import { markOf } from '../../../src/watching/last-words.ts'
import { type RunningWorker, startWorker } from '../../../worker.ts'
import { OwnServer } from '../../harness/own-server.ts'
import { prices } from '../../harness/prices.ts'
import { Recorder, Running } from '../../harness/running.ts'
import { sensorRuns } from '../../harness/sensor-runs.ts'
import { until } from '../../harness/until.ts'
import { Workspace } from '../../harness/workspace.ts'
import { S3Ground } from './s3-ground.ts'

let ground: S3Ground
beforeAll(async () => {
  ground = await S3Ground.start()
})
afterAll(() => ground[Symbol.asyncDispose]())

const HOUR = 3_600_000
const MOST_CURSOR_BYTES = 16 * 1024
/** A listing of all takes two requests. */
const DAYS = 1_300
const nameOf = (day: number, more = '') => `d${String(day).padStart(4, '0')}${more}.csv`

test('a worker that is started again goes on with the listing where the one before was; what came late is caught by the sweep, and counted', async () => {
  const place = await ground.place()
  const days = Array.from({ length: DAYS }, (_, day) => day)
  await pMap(days, (day) => place.put(nameOf(day), prices(day + 1)), { concurrency: 16 })
  await using server = await OwnServer.start({ 'limit.historyCount.suggestContinueAsNew': 12 })
  await using workspace = await Workspace.create({ source: place.source, sensor: { every: '1h', sweepEvery: '1h' } })
  await using running = await Running.start(workspace, { server })
  const { pipeline, tidemark } = running
  const state = () => readSensor(running.client, pipeline)
  await running.apply()
  await until('all to be loaded', async () => (await running.ledger(false)).length === DAYS)
  await until('a mark of all but the last names', async () => (await toldMark(running))?.after === nameOf(DAYS - 501))
  const runs = (await sensorRuns(running)).length
  for (let news = 0; (await sensorRuns(running)).length === runs; news++) {
    await place.put(nameOf(5_000 + news), prices(1))
    await tidemark.notify(pipeline, [nameOf(5_000 + news)])
    await running.outcome(nameOf(5_000 + news))
  }
  const cursor = await cursorOf(running)
  expect(cursor.mark.after).toBe(nameOf(DAYS - 501))
  expect(JSON.stringify(cursor).length).toBeLessThan(MOST_CURSOR_BYTES)
  const { sweptAt } = cursor.mark
  await running.worker[Symbol.asyncDispose]()

  await whileWorking(running, server, { everyMs: HOUR, sweepEveryMs: HOUR }, async () => {
    // One request for the last names; of everything there would be two.
    // Until it says something itself, what the one before has said is told: that it has read all of them.
    const calls = await until('its first listing', async () => [(await state())?.calls ?? 0].find((all) => all > 0 && all < DAYS))
    expect(calls).toBe(1)
    expect((await state())?.sweptAt).toBe(sweptAt)
  })
  await place.put(nameOf(9_000), prices(1))
  await place.put(nameOf(DAYS - 100, 'b'), prices(1)) // late, among the last names
  await place.put(nameOf(5, 'b'), prices(2)) // late, under a much older name
  await place.put(nameOf(7), prices(3, 4)) // corrected
  await whileWorking(running, server, { everyMs: 1_000, sweepEveryMs: HOUR }, async ({ outcome, worker }) => {
    await outcome(nameOf(9_000))
    await outcome(nameOf(DAYS - 100, 'b'))
    expect((await state())?.sweptAt).toBe(sweptAt)
    expect((await worker.warehouse.files(pipeline, { path: nameOf(5, 'b'), versions: true })).length).toBe(0)
  })
  // All is due at once, and then not for a while.
  const sinceSweep = Date.now() - Date.parse(sweptAt)
  await whileWorking(running, server, { everyMs: 1_000, sweepEveryMs: sinceSweep }, async ({ outcome }) => {
    expect(await until('the sensor to tell of late ones', async () => (await state())?.late || false)).toBe(2)
    await outcome(nameOf(5, 'b'))
    await outcome(nameOf(7), 2)
  })
})

interface Working {
  readonly worker: RunningWorker
  outcome(path: string, sequence?: number): Promise<unknown>
}

/** Another worker for the sensor that is open, with another pace; it ends when the work has. */
async function whileWorking(
  { workspace, pipeline }: Running,
  server: OwnServer,
  sensor: Sensor,
  work: (working: Working) => Promise<void>,
): Promise<void> {
  const pipelines = new Map([[pipeline, { ...workspace.settings, sensor }]])
  const config = { ...workspace.config, pipelines }
  await using worker = await startWorker({ config, reporter: new Recorder(), identity: randomUUID(), server })
  await work({
    worker,
    outcome: (path, sequence = 1) =>
      until(`an outcome of ${path}, version ${sequence}`, async () =>
        (await worker.warehouse.files(pipeline, { path, versions: true })).some((entry) => entry.sequence === sequence),
      ),
  })
}

const INPUT = z.object({ cursor: z.looseObject({ mark: z.object({ after: z.string(), sweptAt: z.string(), of: z.string() }) }) })

/** What the open turn of the sensor has said last. */
async function toldMark({ client, pipeline }: Running) {
  const { raw } = await client.workflow.getHandle(sensorId(pipeline)).describe()
  const beat = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0]?.data
  return beat ? markOf(JSON.parse(Buffer.from(beat).toString())) : undefined
}

/** What the newest run of the sensor was begun with. */
async function cursorOf({ client, pipeline }: Running) {
  const { events } = await client.workflow.getHandle(sensorId(pipeline)).fetchHistory()
  const begun = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data
  return INPUT.parse(JSON.parse(Buffer.from(begun ?? []).toString())).cursor
}
