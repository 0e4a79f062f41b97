import { randomUUID } from 'node:crypto'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Tidemark } from '../../src/client/index.ts'
import { partitionId } from '../../src/names.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { Running } from '../harness/running.ts'
import { testServer } from '../harness/server-address.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

test('a worker that starts ends what killed loads have left whose run has closed, and leaves that of an open run', async () => {
  await using workspace = await Workspace.create()
  await using tidemark = await Tidemark.connect({ address: testServer(), taskQueue: 'nobody' })
  const open = await tidemark.startPartition(workspace.pipeline, 'open')
  const staging = join(workspace.config.stateFolder, 'staging')
  {
    await using warehouse = openWarehouse(workspace.config, () => undefined)
    for (const key of ['gone', 'open']) {
      const workflowId = partitionId(workspace.pipeline, key)
      const runId = key === 'open' ? (open?.firstExecutionRunId ?? '') : randomUUID()
      const run = { workflowId, runId }
      await warehouse.claim({ pipeline: workspace.settings, keys: [key], claim: `of-${key}`, run, over: 'any' })
      await mkdir(join(staging, `of-${key}`), { recursive: true })
    }
  }
  await using running = await Running.start(workspace)
  await until('what was staged to be removed', async () => !(await readdir(staging)).includes('of-gone'))
  expect((await running.worker.warehouse.claims()).map(({ claim }) => claim)).toEqual(['of-open'])
  expect(await readdir(staging)).toEqual(['of-open'])
})
