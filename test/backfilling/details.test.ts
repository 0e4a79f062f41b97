import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { dynamic, localFolder } from '../../src/config/define.ts'
import { batchId, PROGRESSED } from '../../src/names.ts'
import { HoldUp } from '../harness/hold-up.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

const METADATA = z.object({ currentDetails: z.string() })

/** What the Web UI shows: it asks the same. */
async function detailsOf({ client }: Running, workflowId: string): Promise<string> {
  return METADATA.parse(await client.workflow.getHandle(workflowId).query('__temporal_workflow_metadata')).currentDetails
}

async function signalsIn({ client }: Running, workflowId: string): Promise<number> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory()
  return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes?.signalName === PROGRESSED).length
}

/** Six files, two in a chunk, and a worker whose loads stop before a chunk from the third on. */
async function withHeldUpChunks() {
  const source = localFolder('source', { files: '{partition}.csv', settle: '20ms' })
  const workspace = await Workspace.create({ source, partitions: dynamic({ initial: { atOnce: 2 } }) })
  for (let n = 0; n < 6; n++) await workspace.drop(`p${n}.csv`, prices(n)) // the first one is held
  const loads = new HoldUp()
  let chunks = 0
  const running = await Running.start(workspace, {
    onStep: (step) => {
      if (step === 'claimed') chunks += 1
      return step === 'staged' && chunks > 2 ? loads.pass() : undefined
    },
  })
  return { workspace, running, loads }
}

test('the details of a backfill in a single run are a table that follows its load', async () => {
  const { workspace, running, loads } = await withHeldUpChunks()
  await using _ = workspace
  await using __ = running
  const backfill = await running.tidemark.backfill(running.pipeline, { singleRun: true })
  await until('the third chunk', () => loads.held === 1)
  const table = await until('the first chunks to be in the details', async () => {
    const details = await detailsOf(running, backfill.workflowId)
    return details.includes('3 (3 rows)') && details
  })
  expect(table).toMatch(
    /^\*\*running\*\*\n\n\| done \| held \| failed .*\n\|---.*\n\| 3 \(3 rows\) \| 1 \| 0 \| .* \| 2, 0 of them open \| [\d.]+\/s \| \d+ s \|/,
  )
  expect(table).toContain('- held p0: p0.csv: check above(share_price, 0) failed')
  loads.open()
  expect(await backfill.result()).toMatchObject({ loaded: 5, held: 1 })
  expect(await detailsOf(running, backfill.workflowId)).toContain('**done**')
  expect(await signalsIn(running, backfill.workflowId)).toBeGreaterThan(0)
})

test('those of a batch as well, which answers the same to a query', async () => {
  const { workspace, running, loads } = await withHeldUpChunks()
  await using _ = workspace
  await using __ = running
  const handle = await running.tidemark.startAll(running.pipeline)
  const id = batchId(running.pipeline)
  await until('the third chunk', () => loads.held === 1)
  const table = await until('the first chunks to be in the details', async () => {
    const details = await detailsOf(running, id)
    return details.includes('3 files (3 rows)') && details
  })
  expect(table).toMatch(
    /^\*\*running\*\*\n\n\| done \| held \| left for later \| to go .*\n\|---.*\n\| 3 files \(3 rows\) \| 1 \| 0 \| 2 \| [\d.]+\/s \| \d+ s \|$/,
  )
  expect(await handle.query('progress')).toMatchObject({ state: 'running', loaded: 3, rows: 3, held: 1, left: 0, toGo: 2 })
  loads.open()
  expect(await handle.result()).toEqual({ loaded: 5, rows: 5, held: 1 })
  expect(await handle.query('progress')).toMatchObject({ state: 'done', loaded: 5, rows: 5, held: 1, toGo: 0 })
  expect(await detailsOf(running, id)).toMatch(/^\*\*done\*\*\n(?:.*\n)*\| 5 files \(5 rows\) \| 1 \| 0 \| 0 \|/)
})
