import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { loadBatch } from '../../src/loading/load-batch.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { prices } from '../harness/prices.ts'
import { Workspace } from '../harness/workspace.ts'

test('a partition whose rows the table refuses is left alone, and the others of its chunk are loaded', async () => {
  await using workspace = await Workspace.create({
    source: { kind: 'local', folder: 'source', files: '{partition}.csv', settle: '0s' },
  })
  for (const day of ['a', 'b', 'c', 'd', 'e']) await workspace.drop(`${day}.csv`, prices(day === 'c' ? 500 : 1))
  await using warehouse = openWarehouse(workspace.config, () => undefined)
  await warehouse.query(
    `CREATE TABLE prices (date DATE, share_price DOUBLE CHECK (share_price < 100), amount DOUBLE, spend DOUBLE, shift DOUBLE,
     spread DOUBLE, _tidemark_partition VARCHAR, _tidemark_file VARCHAR)`,
  )
  const pass = await loadBatch(
    { warehouse, stagingFolder: join(workspace.folder, 'staging') },
    {
      open: new OpenPipelines(workspace.config).get(workspace.pipeline),
      run: { workflowId: 'w', runId: 'r' },
      alsoPostponed: false,
      isOpen: () => Promise.resolve(false),
      progress: () => undefined,
      signal: new AbortController().signal,
    },
  )
  expect(pass).toMatchObject({ loaded: 4, held: 0, left: 1 })
  expect(await warehouse.loadedKeys(workspace.pipeline, ['a', 'b', 'c', 'd', 'e'])).toEqual(new Set(['a', 'b', 'd', 'e']))
  const [backoff, ...others] = await warehouse.backoffs(workspace.pipeline)
  expect(others).toEqual([])
  expect(backoff).toMatchObject({ key: 'c', tries: 1 })
  expect(backoff?.error).not.toContain('500')
  expect(await warehouse.claims()).toEqual([])
})
