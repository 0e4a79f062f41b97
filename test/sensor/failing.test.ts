import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { loadPartition } from '../../src/loading/load-partition.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { importsOf, sensorTurns } from '../harness/sensor-runs.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

test('a source that vanishes is told once, and its return as well; what came is loaded, and nothing is believed gone', async () => {
  await using workspace = await Workspace.create({ sensor: { every: '1s' } })
  await using running = await Running.start(workspace)
  const { tidemark, pipeline, said } = running
  await workspace.drop('a.csv', prices(1))
  await running.apply()
  await running.outcome('a.csv')

  const elsewhere = join(workspace.folder, 'elsewhere')
  await rename(workspace.path(''), elsewhere)
  await until('word that it fails', () => said.told.length > 0)
  const failing = await until('the state', async () => {
    const status = await tidemark.sensorStatus(pipeline)
    return status.state === 'failing' && status
  })
  expect(failing.failing).toMatch(/ENOENT/)
  for (let looks = 0; looks < 2; looks++) {
    const turns = (await sensorTurns(running)).length
    await tidemark.poll(pipeline)
    await until('another look', async () => (await sensorTurns(running)).length > turns)
  }
  await writeFile(join(elsewhere, 'b.csv'), prices(2))
  await rename(elsewhere, workspace.path(''))
  await running.outcome('b.csv')
  await until('word that it is back', () => said.told.length > 1)
  expect(said.told).toMatchObject([{ what: 'failing' }, { what: 'recovered', reason: 'its source can be read again' }])
  expect(await tidemark.sensorStatus(pipeline)).toMatchObject({ state: 'watching', failing: null })
  expect(await running.sharePrices()).toEqual({ 'a.csv': [1], 'b.csv': [2] })
  expect((await running.ledger()).map(({ path, status, gone_at }) => ({ path, status, gone_at }))).toEqual([
    { path: 'a.csv', status: 'loaded', gone_at: null },
    { path: 'b.csv', status: 'loaded', gone_at: null },
  ])
})

test('a partition whose import failed is left alone until its time; poll does not wait for that', async () => {
  await using workspace = await Workspace.create({ sensor: { every: '1s' } })
  await using running = await Running.start(workspace)
  const { tidemark, pipeline, worker } = running
  await workspace.drop('a.csv', prices(1))
  // The last try of an import, where a file stands in the way of the folder it would stage in.
  const stagingFolder = join(workspace.folder, 'no-folder')
  await writeFile(stagingFolder, '')
  const open = new OpenPipelines(workspace.config).get(pipeline)
  const { signal } = new AbortController()
  const run = { workflowId: 'test', runId: 'test' }
  // Each time it is left alone for longer; after the third for longer than this test takes.
  for (let tries = 1; tries <= 3; tries++) {
    const context = { warehouse: worker.warehouse, stagingFolder }
    await expect(loadPartition(context, { open, key: 'a', hints: [], run, lastTry: true, signal })).rejects.toThrow()
    expect(await worker.warehouse.backoffs(pipeline)).toMatchObject([{ key: 'a', tries }])
  }

  await running.apply()
  await workspace.drop('b.csv', prices(2))
  await running.outcome('b.csv')
  expect(await running.ledgerLines()).toEqual(['b.csv#1 loaded'])
  expect(await importsOf(running)).toBe(1)

  await tidemark.poll(pipeline)
  await running.outcome('a.csv')
  expect(await worker.warehouse.backoffs(pipeline)).toEqual([])
  expect(await running.sharePrices()).toEqual({ 'a.csv': [1], 'b.csv': [2] })
})
