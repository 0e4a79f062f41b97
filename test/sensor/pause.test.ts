import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { sensorId } from '../../src/names.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { sensorTurns } from '../harness/sensor-runs.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

/** A turn lasts 15 minutes; a signal is to end it within 2 seconds, on a machine that has nothing else to do. */
const SOON_MS = 5_000

test('pause ends the open turn soon, files that come meanwhile are loaded after resume, and status says so', async () => {
  await using workspace = await Workspace.create({ sensor: { every: '1h' } })
  await using running = await Running.start(workspace)
  const { tidemark, pipeline } = running
  await running.apply()
  await workspace.drop('before.csv', prices(1))
  await running.outcome('before.csv')
  expect(await tidemark.sensorStatus(pipeline)).toMatchObject({ state: 'watching', failing: null })
  expect(await details(running)).toMatch(/watching/)

  const pausedAt = Date.now()
  await tidemark.pause(pipeline)
  const turns = await until('the end of the open turn', async () => {
    const all = await sensorTurns(running)
    return all.every(({ endedAt }) => endedAt !== undefined) && all
  })
  expect((turns.at(-1)?.endedAt ?? Number.NaN) - pausedAt).toBeLessThan(SOON_MS)
  expect(await tidemark.sensorStatus(pipeline)).toMatchObject({ state: 'paused' })
  expect(await details(running)).toMatch(/paused/)

  await workspace.drop('during.csv', prices(2))
  await workspace.drop('other.csv', prices(3))
  await tidemark.notify(pipeline, ['during.csv'])
  await tidemark.poll(pipeline)
  // The worker works, and the folder is read: only the sensor leaves it alone.
  await tidemark.importPartition(pipeline, 'other')
  expect(await running.ledgerLines()).toEqual(['before.csv#1 loaded', 'other.csv#1 loaded'])
  expect(await sensorTurns(running)).toHaveLength(turns.length)

  await tidemark.resume(pipeline)
  expect(await tidemark.sensorStatus(pipeline)).toMatchObject({ state: 'watching' })
  await running.outcome('during.csv')
  expect(await details(running)).toMatch(/watching/)
  expect((await running.ledgerLines()).sort()).toEqual(['before.csv#1 loaded', 'during.csv#1 loaded', 'other.csv#1 loaded'])
})

test('what was asked while paused is the next turn, and the details say at once that it watches', async () => {
  await using workspace = await Workspace.create({ sensor: { every: '1h' } })
  await using running = await Running.start(workspace)
  const { tidemark, pipeline } = running
  await running.apply()
  await tidemark.pause(pipeline)
  await until('the pause', async () => (await details(running)).includes('paused'))
  await tidemark.poll(pipeline)
  await tidemark.notify(pipeline, ['a.csv', 'b.csv'])
  await tidemark.resume(pipeline)
  await until('a turn with both', async () => {
    const demand = (await sensorTurns(running)).at(-1)?.demand
    return demand?.poll && demand.paths.join() === 'a.csv,b.csv'
  })
  // Nothing comes of it, so that this turn stays open.
  expect(await details(running)).toMatch(/watching/)
})

const metadata = z.object({ currentDetails: z.string() })

/** As the Web UI shows them. */
async function details({ client, pipeline }: Running): Promise<string> {
  return metadata.parse(await client.workflow.getHandle(sensorId(pipeline)).query('__temporal_workflow_metadata')).currentDetails
}
