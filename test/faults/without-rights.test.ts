import { chmod, mkdir } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { Tidemark } from '../../src/client/index.ts'
import { apply } from '../../src/schedules/apply.ts'
import { duckdbWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse.ts'
import type { Warehouse } from '../../src/warehouse/warehouse.ts'
import { endOnServer } from '../cli/clean-up.ts'
import { prices } from '../harness/prices.ts'
import { Program } from '../harness/program.ts'
import { testServer } from '../harness/server-address.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { writeConfig } from './config-file.ts'

const WORKER_AS_NOBODY = new URL('worker-as-nobody.ts', import.meta.url)

function names(what: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${what}${index}.csv`)
}

/** All that a worker of another user needs is open to it. */
async function workerOfNobody(workspace: Workspace): Promise<Program> {
  const { file } = workspace.config.warehouse
  {
    await using warehouse = duckdbWarehouse({ file })
    await warehouse.identity()
  }
  await mkdir(workspace.config.stateFolder, { recursive: true })
  for (const folder of [workspace.folder, workspace.config.stateFolder]) await chmod(folder, 0o777)
  await chmod(file, 0o666)
  const program = Program.start(WORKER_AS_NOBODY, [await writeConfig(workspace), testServer()])
  await program.printed('running')
  return program
}

function read<T>({ config }: Workspace, work: (warehouse: Warehouse) => Promise<T>): Promise<T> {
  return (async () => {
    await using warehouse = duckdbWarehouse({ file: config.warehouse.file, readOnly: true, patienceMs: 30_000 })
    return await work(warehouse)
  })()
}

async function loadedIn(workspace: Workspace): Promise<string[]> {
  return (await read(workspace, (warehouse) => warehouse.files(workspace.pipeline))).map(
    ({ path, status }) => `${path} ${status}`,
  )
}

const all = (paths: readonly string[]) => paths.map((path) => `${path} loaded`).toSorted()

test.concurrent('100 files that cannot be read stand in the way of no good one; they are loaded once they can be read', async () => {
  await using workspace = await Workspace.create()
  const { pipeline, config } = workspace
  const [bad, good] = [names('bad', 100), names('good', 5)]
  for (const path of [...bad, ...good]) await workspace.drop(path, prices(1))
  for (const path of bad) await chmod(workspace.path(path), 0o000)
  await using _ = await workerOfNobody(workspace)
  await using tidemark = await Tidemark.connect({ address: testServer(), taskQueue: pipeline })
  const identity = await read(workspace, (warehouse) => warehouse.identity())
  try {
    await apply({ client: tidemark.client, config, identity })
    await until('the good files', async () => (await loadedIn(workspace)).length === good.length)
    expect(await loadedIn(workspace)).toEqual(all(good))
    await until('word of each bad one', async () => (await read(workspace, (w) => w.backoffs(pipeline))).length === bad.length)
    const [backoff] = await read(workspace, (warehouse) => warehouse.backoffs(pipeline))
    expect(backoff?.error).toContain('EACCES')

    await workspace.drop('late.csv', prices(1))
    const loaded = all([...good, 'late.csv'])
    await until('the late file', async () => (await loadedIn(workspace)).length === loaded.length)
    expect(await loadedIn(workspace)).toEqual(loaded)

    for (const path of bad) await chmod(workspace.path(path), 0o644)
    await tidemark.poll(pipeline)
    await until('all files', async () => (await loadedIn(workspace)).length === loaded.length + bad.length)
    expect(await loadedIn(workspace)).toEqual(all([...good, 'late.csv', ...bad]))
    await until('nothing left of the failures', async () => (await read(workspace, (w) => w.backoffs(pipeline))).length === 0)
  } finally {
    await endOnServer([pipeline])
  }
})

test.concurrent('a warehouse that becomes read-only fails loads with the mend, and they go on when it may be written', async () => {
  await using workspace = await Workspace.create()
  const { pipeline, config } = workspace
  await workspace.drop('a.csv', prices(1))
  await using _ = await workerOfNobody(workspace)
  await using tidemark = await Tidemark.connect({ address: testServer(), taskQueue: pipeline })
  expect(await tidemark.importPartition(pipeline, 'a')).toMatchObject({ state: 'loaded' })

  await chmod(config.warehouse.file, 0o444)
  const loaded = ['a.csv']
  // The worker may have it open still, from before.
  const { run, failure } = await until('a load that fails', async () => {
    const key = `b${loaded.length}`
    await workspace.drop(`${key}.csv`, prices(2))
    const run = await tidemark.startPartition(pipeline, key)
    loaded.push(`${key}.csv`)
    const failure = await until('its failure or its end', async () => {
      const { raw, status } = (await run?.describe()) ?? {}
      return raw?.pendingActivities?.[0]?.lastFailure?.message ?? (status?.name === 'RUNNING' ? undefined : 'none')
    })
    return failure !== 'none' && { run, failure }
  })
  expect(failure).toMatch(/warehouse\.duckdb: .*; let the user that runs Tidemark write there, and work goes on$/i)

  await chmod(config.warehouse.file, 0o666)
  expect(await run?.result()).toMatchObject({ state: 'loaded', rows: 1 })
  expect(await loadedIn(workspace)).toEqual(all(loaded))
  expect(await read(workspace, (warehouse) => warehouse.claims())).toEqual([])
})
