import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { LoadContext, Step } from '../../src/loading/load-files.ts'
import { loadPartition } from '../../src/loading/load-partition.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import { duckdbWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse.ts'
import type { Warehouse } from '../../src/warehouse/warehouse.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

/** After 20 sweeps nothing is taken on trust: by then it would be found without the difference being seen. */
const SOON_MS = 15_000

/** Loads the partition `day` as one run of its own would. */
function load(workspace: Workspace, warehouse: Warehouse, onStep?: LoadContext['onStep']) {
  const context = { warehouse, stagingFolder: join(workspace.config.stateFolder, 'staging'), ...(onStep && { onStep }) }
  return loadPartition(context, {
    open: new OpenPipelines(workspace.config).get(workspace.pipeline),
    key: 'day',
    hints: [],
    run: { workflowId: 'w', runId: randomUUID() },
    lastTry: true,
    signal: new AbortController().signal,
  })
}

async function pricesIn(warehouse: Warehouse): Promise<unknown[]> {
  return (await warehouse.query('SELECT share_price FROM prices ORDER BY ALL')).rows.map((row) => row.share_price)
}

test.each<Step>(['claimed', 'looked', 'staged', 'looked again'])(
  'a load that stalls after it has %s, while another of its partition wins, publishes nothing',
  async (stallAt) => {
    await using workspace = await Workspace.create()
    await using warehouse = duckdbWarehouse({ file: workspace.config.warehouse.file })
    await workspace.drop('day.csv', prices(1, 2))
    const events = new EventTarget()
    const stalled = once(events, 'stalled')
    const goOn = once(events, 'go on')
    const late = load(workspace, warehouse, async (step) => {
      if (step !== stallAt) return
      events.dispatchEvent(new Event('stalled'))
      await goOn
    })
    await stalled
    // What looks before the winner has published, publishes what it saw then.
    if (stallAt === 'staged' || stallAt === 'looked again') await workspace.drop('day.csv', prices(3))
    expect(await load(workspace, warehouse)).toMatchObject({ state: 'loaded' })
    const ledger = await warehouse.files(workspace.pipeline, { versions: true })
    const rows = await pricesIn(warehouse)
    events.dispatchEvent(new Event('go on'))
    if (stallAt === 'claimed' || stallAt === 'looked')
      expect(await late).toMatchObject({ state: 'loaded', rows: 2, newlyHeld: 0 })
    else await expect(late).rejects.toMatchObject({ code: 'ClaimLost' })
    expect(await warehouse.files(workspace.pipeline, { versions: true })).toEqual(ledger)
    expect(await pricesIn(warehouse)).toEqual(rows)
    expect(await warehouse.backoffs(workspace.pipeline)).toEqual([])
    expect(await warehouse.claims()).toEqual([])
    expect(await readdir(join(workspace.config.stateFolder, 'staging'))).toEqual([])
  },
)

test('a file that is replaced while it loads is not published, the others are; the next load has the new one', async () => {
  await using workspace = await Workspace.create({
    source: { kind: 'local', folder: 'source', files: '{partition}/*.csv', settle: '200ms' },
  })
  await workspace.drop('day/a.csv', prices(1))
  await workspace.drop('day/b.csv', prices(5))
  await using running = await Running.start(workspace, { onStep: onceAt('staged', () => workspace.drop('day/a.csv', prices(2))) })
  const state = await running.tidemark.importPartition(running.pipeline, 'day')
  expect(state).toMatchObject({ state: 'waiting', files: 2, reason: '1 of 2 files still change' })
  expect(await running.sharePrices()).toEqual({ 'day/b.csv': [5] })
  expect(await running.tidemark.importPartition(running.pipeline, 'day')).toMatchObject({ state: 'loaded', rows: 2 })
  expect(await running.sharePrices()).toEqual({ 'day/a.csv': [2], 'day/b.csv': [5] })
  expect(await running.ledgerLines()).toEqual(['day/a.csv#1 loaded', 'day/b.csv#1 loaded'])
})

test('a sensor has the new version loaded of a file that is replaced while it loads', async () => {
  await using workspace = await Workspace.create()
  await using running = await Running.start(workspace, { onStep: onceAt('staged', () => workspace.drop('day.csv', prices(2))) })
  await running.apply()
  await workspace.drop('day.csv', prices(1))
  await running.outcome('day.csv')
  expect(await running.sharePrices()).toEqual({ 'day.csv': [2] })
  expect(await running.ledgerLines()).toEqual(['day.csv#1 loaded'])
})

test('a commit whose outcome is unknown is looked into by the next try: rows and entry are there once', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop('day.csv', prices(1, 2))
  await using warehouse = duckdbWarehouse({ file: workspace.config.warehouse.file })
  let publishes = 0
  const forgetful: Warehouse = {
    ...warehouse,
    publish: async (...args) => {
      const published = await warehouse.publish(...args)
      publishes += 1
      if (publishes === 1) throw new Error('the connection was lost in the commit')
      return published
    },
    [Symbol.asyncDispose]: () => warehouse[Symbol.asyncDispose](),
  }
  await using running = await Running.start(workspace, { warehouse: forgetful })
  expect(await running.tidemark.importPartition(running.pipeline, 'day')).toMatchObject({ state: 'loaded', rows: 2 })
  expect(publishes).toBe(1)
  expect(await running.sharePrices()).toEqual({ 'day.csv': [1, 2] })
  expect(await running.ledgerLines()).toEqual(['day.csv#1 loaded'])
  expect(await warehouse.claims()).toEqual([])
})

test('a DuckDB file that is deleted under a running worker is made anew, with all that the source has', async () => {
  await using workspace = await Workspace.create({ sensor: { every: '1s' } })
  await using running = await Running.start(workspace)
  await running.apply()
  for (const key of ['a', 'b', 'c']) await workspace.drop(`${key}.csv`, prices(1))
  await until('3 files', async () => (await running.ledger()).length === 3)
  const identity = await running.worker.warehouse.identity()
  await rm(workspace.config.warehouse.file)
  await until(
    '3 files in the new warehouse',
    async () => {
      return (await running.worker.warehouse.identity()) !== identity && (await running.ledger()).length === 3
    },
    SOON_MS,
  )
  expect(await running.sharePrices()).toEqual({ 'a.csv': [1], 'b.csv': [1], 'c.csv': [1] })
  expect(await running.ledgerLines()).toEqual(['a.csv#1 loaded', 'b.csv#1 loaded', 'c.csv#1 loaded'])
})

/** Does something when a load is at a step for the first time. */
function onceAt(at: Step, act: () => Promise<void>): LoadContext['onStep'] {
  let done = false
  return async (step) => {
    if (done || step !== at) return
    done = true
    await act()
  }
}
