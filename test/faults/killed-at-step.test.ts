import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Tidemark } from '../../src/client/index.ts'
import type { Step } from '../../src/loading/load-files.ts'
import { duckdbWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse.ts'
import { prices } from '../harness/prices.ts'
import { Program } from '../harness/program.ts'
import { Running } from '../harness/running.ts'
import { testServer } from '../harness/server-address.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { writeConfig } from './config-file.ts'

const WORKER_THAT_STOPS = new URL('worker-that-stops.ts', import.meta.url)
const BATCH = ['b', 'c']
/** The last one is after the commit and before the activity's answer. */
const STEPS: readonly (Step | 'committing')[] = ['claimed', 'looked', 'staged', 'looked again', 'committing', 'published']

async function stopped(workspace: Workspace, at: string, loads: number): Promise<Program> {
  const program = Program.start(WORKER_THAT_STOPS, [await writeConfig(workspace), testServer(), at, String(loads)])
  await program.printed('running')
  return program
}

async function expectEachOnce(running: Running, keys: readonly string[]): Promise<void> {
  expect(await running.sharePrices()).toEqual(Object.fromEntries(keys.map((key) => [`${key}.csv`, [1, 2]])))
  expect((await running.ledgerLines()).sort()).toEqual(keys.map((key) => `${key}.csv#1 loaded`))
  expect(await running.worker.warehouse.claims()).toEqual([])
  const staging = join(running.workspace.config.stateFolder, 'staging')
  await until('what was staged to be gone', async () => (await readdir(staging).catch(() => [])).length === 0)
}

// It takes the longest, so it is the first.
test.concurrent.each<Step>(['looked again'])(
  'a load that stalls at "%s" with its whole process wakes up after its retry has won, and publishes nothing',
  async (at) => {
    await using workspace = await Workspace.create()
    await using tidemark = await Tidemark.connect({ address: testServer(), taskQueue: workspace.pipeline })
    await workspace.drop('a.csv', prices(7))
    await using stalled = await stopped(workspace, at, 1)
    const run = await tidemark.startPartition(workspace.pipeline, 'a')
    await stalled.printed(`stopped at ${at}`)
    {
      // A process that is stopped while it has the warehouse open keeps it, and everybody waits.
      await using free = duckdbWarehouse({ file: workspace.config.warehouse.file, readOnly: true, patienceMs: 30_000 })
      expect(await free.claims()).toHaveLength(1)
    }
    stalled.child.kill('SIGSTOP')
    await workspace.drop('a.csv', prices(1, 2))
    await using running = await Running.start(workspace)
    expect(await run?.result()).toMatchObject({ state: 'loaded', rows: 2 })
    stalled.send('go on')
    stalled.child.kill('SIGCONT')
    await stalled.printed('going on')
    await expectEachOnce(running, ['a'])
  },
)

test.concurrent.each(STEPS)(
  'a worker killed with an import and a batch that are both at "%s": another one loads each file, once',
  async (at) => {
    await using workspace = await Workspace.create()
    await using tidemark = await Tidemark.connect({ address: testServer(), taskQueue: workspace.pipeline })
    await workspace.drop('a.csv', prices(1, 2))
    {
      await using killed = await stopped(workspace, at, 2)
      const single = await tidemark.startPartition(workspace.pipeline, 'a')
      await killed.printed(`stopped at ${at} (1)`)
      for (const key of BATCH) await workspace.drop(`${key}.csv`, prices(1, 2))
      const batch = await tidemark.startAll(workspace.pipeline)
      // In the transaction there is room for one: the other waits behind it.
      if (at !== 'committing') await killed.printed(`stopped at ${at} (2)`)
      await killed.kill()
      await using running = await Running.start(workspace)
      expect(await single?.result()).toMatchObject({ state: 'loaded', rows: 2 })
      await batch.result()
      await running.tidemark.startAll(workspace.pipeline).then((again) => again.result())
    }
    await using running = await Running.start(workspace)
    await expectEachOnce(running, ['a', ...BATCH])
  },
)
