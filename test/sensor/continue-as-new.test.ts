import { expect, test } from '@jest/globals'
import { OwnServer } from '../harness/own-server.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { sensorRuns, sensorTurns } from '../harness/sensor-runs.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

/** In reality a run ends after 100 turns, or 4,096 events. */
const SOON = { 'limit.historyCount.suggestContinueAsNew': 25 }

const continued = async (running: Running) =>
  (await sensorRuns(running)).filter(({ status }) => status === 'CONTINUED_AS_NEW').length

test('files that come before, while and after the sensor continues as new, three times, are each loaded once', async () => {
  await using server = await OwnServer.start(SOON)
  await using workspace = await Workspace.create()
  await using running = await Running.start(workspace, { server })
  await workspace.drop('before.csv', prices(1))
  await running.apply()
  await running.outcome('before.csv')

  let dropped = 0
  const drop = () => workspace.drop(`${++dropped}.csv`, prices(dropped))
  await drop()
  while ((await continued(running)) < 3) {
    // The next one comes while the import of this one, and what the sensor does for it, is under way.
    await drop()
    await running.outcome(`${dropped - 1}.csv`)
  }
  await running.outcome(`${dropped}.csv`)
  await workspace.drop('after.csv', prices(1))
  await running.outcome('after.csv')

  const files = ['before.csv', 'after.csv', ...Array.from({ length: dropped }, (_, index) => `${index + 1}.csv`)]
  expect((await running.ledgerLines()).sort()).toEqual(files.map((file) => `${file}#1 loaded`).sort())
  const rows = await running.sharePrices()
  expect(Object.keys(rows).sort()).toEqual(files.sort())
  expect(Object.values(rows).every(({ length }) => length === 1)).toBe(true)
})

test('of signals in a burst none is lost, although turns end and runs continue as new', async () => {
  await using server = await OwnServer.start(SOON)
  await using workspace = await Workspace.create()
  await using running = await Running.start(workspace, { server })
  const { tidemark, pipeline } = running
  await running.apply()
  const paths = Array.from({ length: 100 }, (_, index) => `${index}.csv`)
  for (const path of paths.slice(0, 5)) await workspace.drop(path, prices(1))

  for (let first = 0; first < paths.length; first += 25) {
    const some = paths.slice(first, first + 25)
    await Promise.all([
      ...some.map((path) => tidemark.notify(pipeline, [path])),
      tidemark.pause(pipeline),
      tidemark.poll(pipeline),
    ])
    await tidemark.resume(pipeline)
    // The next ones cut this turn short, which must then be asked for the same again.
    await until('a turn for these', async () => {
      const asked = new Set((await sensorTurns(running)).flatMap(({ demand }) => demand.paths))
      return some.every((path) => asked.has(path))
    })
  }
  await tidemark.pause(pipeline)
  expect(await tidemark.sensorStatus(pipeline)).toMatchObject({ state: 'paused' })
  await tidemark.poll(pipeline)
  await tidemark.resume(pipeline)
  expect(await tidemark.sensorStatus(pipeline)).toMatchObject({ state: 'watching' })

  // A turn that was cut short may not have looked: what it was asked for counts when a later one is asked for it again.
  await until('a turn for each path and the poll', async () => {
    const turns = (await sensorTurns(running)).filter(({ cutShort }) => !cutShort)
    const lookedAt = new Set(turns.flatMap(({ demand }) => demand.paths))
    return paths.every((path) => lookedAt.has(path)) && turns.some(({ demand }) => demand.poll)
  })
  expect(await continued(running)).toBeGreaterThan(0)
  for (const path of paths.slice(0, 5)) await running.outcome(path)
  expect(await running.ledgerLines()).toHaveLength(5)
})
