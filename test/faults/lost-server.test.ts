import { expect, test } from '@jest/globals'
import { sensorId } from '../../src/names.ts'
import { OwnServer } from '../harness/own-server.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { importsOf } from '../harness/sensor-runs.ts'
import { Workspace } from '../harness/workspace.ts'

test('a sensor that is started anew without its cursor loads nothing twice and misses nothing', async () => {
  await using workspace = await Workspace.create()
  await using running = await Running.start(workspace)
  const { client, pipeline } = running
  for (const day of ['a', 'b', 'c']) await workspace.drop(`${day}.csv`, prices(1))
  await running.apply()
  for (const day of ['a', 'b', 'c']) await running.outcome(`${day}.csv`)
  const before = await running.ledger()
  const imports = await importsOf(running)

  await client.workflow.getHandle(sensorId(pipeline)).terminate('its cursor is lost')
  await workspace.drop('b.csv', prices(2))
  await workspace.drop('d.csv', prices(3))
  await running.apply()
  await running.outcome('b.csv', 2)
  await running.outcome('d.csv')
  expect(await importsOf(running)).toBe(imports + 2)
  const after = await running.ledger()
  expect(after).toEqual(expect.arrayContaining(before.filter(({ path }) => path !== 'b.csv')))
  expect(await running.sharePrices()).toEqual({ 'a.csv': [1], 'b.csv': [2], 'c.csv': [1], 'd.csv': [3] })
})

test('a server that lost its database, beside a whole warehouse: nothing is loaded twice, and nothing is missed', async () => {
  await using workspace = await Workspace.create()
  for (const day of ['a', 'b', 'c']) await workspace.drop(`${day}.csv`, prices(1))
  await workspace.drop('held.csv', prices(0))
  const before = await withFreshServer(workspace, async (running) => {
    for (const day of ['a', 'b', 'c', 'held']) await running.outcome(`${day}.csv`)
    return running.ledger()
  })

  await workspace.drop('b.csv', prices(2))
  await workspace.drop('d.csv', prices(3))
  await withFreshServer(workspace, async (running) => {
    await running.outcome('b.csv', 2)
    await running.outcome('d.csv')
    expect(await importsOf(running)).toBe(2)
    expect(running.said.told).toEqual([]) // what is held was told before
    const untouched = before.filter(({ path }) => path !== 'b.csv')
    expect(await running.ledger()).toEqual(expect.arrayContaining(untouched))
    expect(await running.sharePrices()).toEqual({ 'a.csv': [1], 'b.csv': [2], 'c.csv': [1], 'd.csv': [3] })
  })
})

/** Its database goes with it. */
async function withFreshServer<T>(workspace: Workspace, work: (running: Running) => Promise<T>): Promise<T> {
  await using server = await OwnServer.start()
  await using running = await Running.start(workspace, { server })
  await running.apply()
  return await work(running)
}
