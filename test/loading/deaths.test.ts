import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { nodeOptions } from '../harness/node-options.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'

const DIES_OF_IT = fileURLToPath(new URL('../staging/dies-of-it.cjs', import.meta.url))
const KILLED = { workflowId: 'killed', runId: '' }

test('in a batch, only partitions with which a load has died are read in a process of their own', async () => {
  await using workspace = await Workspace.create()
  for (const key of ['a', 'b-deadly', 'c', 'd-deadly']) await workspace.drop(`${key}.csv`, prices(1))
  await using running = await Running.start(workspace)
  await running.worker.warehouse.claim({
    pipeline: workspace.settings,
    keys: ['a', 'b-deadly'],
    claim: 'left',
    run: KILLED,
    over: 'any',
  })
  using _ = nodeOptions(`--require ${DIES_OF_IT}`)
  const batch = await running.tidemark.startAll(running.pipeline)
  expect(await batch.result()).toMatchObject({ loaded: 3, held: 1 })
  expect((await running.ledger()).map(({ path, status, error }) => `${path} ${status} ${error}`)).toEqual([
    'a.csv loaded null',
    'b-deadly.csv held reading it killed the reading process 3 times (SIGKILL)',
    'c.csv loaded null',
    'd-deadly.csv loaded null', // read in this process, which nothing kills
  ])
  expect(await running.rows('SELECT * FROM tidemark.claims')).toEqual([])
})
