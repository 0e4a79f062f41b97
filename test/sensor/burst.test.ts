import { expect, test } from '@jest/globals'
import { batchId } from '../../src/names.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { importsOf, sensorTurns } from '../harness/sensor-runs.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

test('more than 20 partitions at once are one batch; what comes while it is open waits for its end; each file is loaded once', async () => {
  const { promise: released, release } = gate()
  await using workspace = await Workspace.create({ sensor: { every: '1h' } })
  await using running = await Running.start(workspace, { onStep: (step) => (step === 'claimed' ? released : undefined) })
  const { client, tidemark, pipeline } = running
  const days = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-${index}.csv`)
  const first = days('first', 60)
  for (const path of first) await workspace.drop(path, prices(1))
  await running.apply()
  const batch = client.workflow.getHandle(batchId(pipeline))
  await until('the batch', () => batch.describe().catch(() => undefined))

  const second = days('second', 30)
  for (const path of second) await workspace.drop(path, prices(2))
  const imports = await importsOf(running)
  await tidemark.notify(pipeline, second)
  await until('a look at them', async () => (await sensorTurns(running)).some(({ demand }) => demand.paths.length === 30))
  expect(await importsOf(running)).toBe(imports)
  const { runId } = await batch.describe()
  release()

  const all = [...first, ...second]
  await until('all of them', async () => (await running.ledger()).length >= all.length)
  expect(await running.ledgerLines()).toEqual(expect.arrayContaining(all.map((path) => `${path}#1 loaded`)))
  expect(await running.ledger()).toHaveLength(all.length)
  const rows = await running.sharePrices()
  expect(Object.keys(rows).sort()).toEqual(all.sort())
  expect(Object.values(rows).every(({ length }) => length === 1)).toBe(true)
  expect(await client.workflow.getHandle(batchId(pipeline), runId).result()).toMatchObject({ held: 0 })
})

function gate() {
  let release = () => {}
  const promise = new Promise<void>((resolve) => {
    release = resolve
  })
  return { promise, release: () => release() }
}
