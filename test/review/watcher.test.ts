import { appendFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { loadPartition } from '../../src/loading/load-partition.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import type { Warehouse } from '../../src/warehouse/warehouse.ts'
import { Watcher } from '../../src/watching/watcher.ts'
import { prices } from '../harness/prices.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

const HOUR_MS = 3_600_000

async function watch(workspace: Workspace, everyMs: number, spy: Partial<Warehouse> = {}) {
  const warehouse = openWarehouse(workspace.config, () => undefined)
  const open = new OpenPipelines(workspace.config).get(workspace.pipeline)
  const watcher = new Watcher(open, { ...warehouse, ...spy }, everyMs)
  const look = (signal = new AbortController().signal) => watcher.look({ leaveOut: () => false, alsoPostponed: false, signal })
  return {
    warehouse,
    open,
    watcher,
    look,
    async [Symbol.asyncDispose]() {
      await watcher[Symbol.asyncDispose]()
      await warehouse[Symbol.asyncDispose]()
    },
  }
}

test('a source that cannot be listed is failing until a listing succeeds, not until the next look', async () => {
  await using workspace = await Workspace.create()
  await using watching = await watch(workspace, HOUR_MS)
  const { watcher, look } = watching
  await rename(join(workspace.folder, 'source'), join(workspace.folder, 'away'))
  await look()
  expect(watcher.failing).toContain('ENOENT')
  await look()
  expect(watcher.failing).toContain('ENOENT')
  await rename(join(workspace.folder, 'away'), join(workspace.folder, 'source'))
  watcher.sweepSoon()
  await look()
  expect(watcher.failing).toBeNull()
})

test('what was loaded is looked at no more', async () => {
  await using workspace = await Workspace.create()
  await using watching = await watch(workspace, HOUR_MS)
  const { watcher, look, open, warehouse } = watching
  await workspace.drop('a.csv', prices(1))
  await until('a settled file', async () => (await look()).partitions.length === 1)
  const context = { warehouse, stagingFolder: join(workspace.folder, 'staging') }
  const run = { workflowId: 'w', runId: 'r' }
  const { signal } = new AbortController()
  expect(await loadPartition(context, { open, key: 'a', hints: [], run, lastTry: true, signal })).toMatchObject({
    state: 'loaded',
  })
  await look()
  expect(watcher.nextDueMs()).toBeGreaterThan(HOUR_MS / 2)
})

test('a file that goes on being written does not hold the warehouse', async () => {
  await using workspace = await Workspace.create({
    source: { kind: 'local', folder: 'source', files: '{partition}.csv', settle: '1h' },
  })
  await workspace.drop('a.csv', prices(1))
  let asked = 0
  const spy: Partial<Warehouse> = {
    known: () => {
      asked += 1
      return Promise.resolve(new Map())
    },
  }
  await using watching = await watch(workspace, HOUR_MS, spy)
  await watching.look()
  const { asked: before } = { asked }
  for (let written = 0; written < 5; written++) {
    await appendFile(workspace.path('a.csv'), prices(written))
    watching.watcher.hints.add('a.csv')
    await watching.look()
  }
  expect(asked).toBe(before)
})

test('a sweep goes on when the turn that began it is cut short', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop('a.csv', prices(1))
  const cut = new AbortController()
  const spy: Partial<Warehouse> = {
    known: () => {
      cut.abort()
      return Promise.resolve(new Map())
    },
  }
  await using watching = await watch(workspace, HOUR_MS, spy)
  await expect(watching.look(cut.signal)).rejects.toThrow()
  expect(await until('the end of the sweep', () => watching.watcher.lastSweep)).toMatchObject({ files: 1 })
})
