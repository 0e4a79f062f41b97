import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { dynamic, localFolder } from '../../src/config/define.ts'
import { sensorId } from '../../src/names.ts'
import { OwnServer } from '../harness/own-server.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { importsOf, sensorRuns } from '../harness/sensor-runs.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

const NONE = {
  source: localFolder('source', { files: '{partition}.csv', settle: '100ms' }),
  partitions: dynamic({ initial: 'none' }),
  sensor: { every: '1s' },
} as const

/** The activities of each run of the sensor, in their order. */
async function activitiesOf(running: Running): Promise<string[][]> {
  const runs = await sensorRuns(running)
  return Promise.all(
    runs.map(async ({ runId }) => {
      const { events } = await running.client.workflow.getHandle(sensorId(running.pipeline), runId).fetchHistory()
      return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [])
    }),
  )
}

test('a sensor begins with what it leaves out, once for all of its runs; then it loads what comes', async () => {
  await using server = await OwnServer.start({ 'limit.historyCount.suggestContinueAsNew': 30 })
  await using workspace = await Workspace.create(NONE)
  const old = Array.from({ length: 30 }, (_, at) => `old-${at}.csv`)
  for (const path of old) await workspace.drop(path, prices(1))
  await using running = await Running.start(workspace, { server })
  await running.apply()
  await until('the first sweep', () => running.worker.warehouse.hasBegun(running.pipeline))
  let dropped = 0
  while ((await sensorRuns(running)).length < 2) {
    const path = `new-${dropped++}.csv`
    await workspace.drop(path, prices(2))
    await running.outcome(path)
  }
  const [first = [], ...others] = await activitiesOf(running)
  expect(first.slice(0, 2)).toEqual(['beginPipeline', 'watchSource'])
  expect([...first.slice(1), ...others.flat()]).not.toContain('beginPipeline')
  expect(await importsOf(running)).toBe(dropped)
  const { loaded, ignored } = await running.worker.warehouse.counts(running.pipeline)
  expect({ loaded, ignored }).toEqual({ loaded: dropped, ignored: old.length })
})

test('where the source cannot be listed at first, that is told, and the first sweep is made when it can', async () => {
  await using workspace = await Workspace.create(NONE)
  await workspace.drop('old.csv', prices(1))
  const [at, away] = [workspace.path(''), join(workspace.folder, 'away')]
  await rename(at, away)
  await using running = await Running.start(workspace)
  await running.apply()
  const told = (what: string) => until(what, () => running.said.told.some((news) => news.what === what))
  await told('failing')
  expect(await running.worker.warehouse.hasBegun(running.pipeline)).toBe(false)
  await rename(away, at)
  await told('recovered')
  await until('the first sweep', () => running.worker.warehouse.hasBegun(running.pipeline))
  await workspace.drop('new.csv', prices(2))
  await running.outcome('new.csv')
  expect(await running.ledgerLines()).toEqual(['new.csv#1 loaded', 'old.csv#1 ignored'])
})

test('where the warehouse was lost, its sensor believes that all is done, and what its imports find is left out again', async () => {
  await using workspace = await Workspace.create(NONE)
  await workspace.drop('old.csv', prices(1))
  await using first = await Running.start(workspace)
  await first.apply()
  await until('the first sweep', () => first.worker.warehouse.hasBegun(first.pipeline))
  await workspace.drop('new.csv', prices(2))
  await first.outcome('new.csv')
  await first.worker[Symbol.asyncDispose]()
  await rm(workspace.config.warehouse.file)
  await using running = await Running.start(workspace)
  await until('a new first sweep', () => running.worker.warehouse.hasBegun(running.pipeline))
  await workspace.drop('later.csv', prices(3))
  await running.outcome('later.csv')
  expect(await running.ledgerLines()).toEqual(['later.csv#1 loaded', 'new.csv#1 ignored', 'old.csv#1 ignored'])
  const activities = await activitiesOf(running)
  expect(activities.flat().filter((name) => name === 'beginPipeline')).toHaveLength(1)
})
