import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Tidemark } from '../../src/client/index.ts'
import type { Step } from '../../src/loading/load-files.ts'
import { prices } from '../harness/prices.ts'
import { Program } from '../harness/program.ts'
import { Running } from '../harness/running.ts'
import { testServer } from '../harness/server-address.ts'
import { Workspace } from '../harness/workspace.ts'
import { writeConfig } from './config-file.ts'

const WORKER_THAT_STOPS = new URL('worker-that-stops.ts', import.meta.url)

test('a worker that is killed in the middle of a load: another one loads the file, once, and what was staged goes', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop('day.csv', prices(1, 2))
  {
    await using killed = await startStopping(workspace, 'looked again')
    await using running = await importBeside(workspace, killed)
    await killed.kill()
    expect(await running.tidemark.importPartition(running.pipeline, 'day')).toMatchObject({ state: 'loaded', rows: 2 })
    await expectRowsOnce(running)
    expect(await running.worker.warehouse.claims()).toEqual([])
    expect(await stagedIn(workspace)).toEqual([])
  }
})

test('a load that stalls in one worker, while a newer version is loaded by another run, publishes nothing', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop('day.csv', prices(7))
  await using stalled = await startStopping(workspace, 'looked again')
  await using running = await importBeside(workspace, stalled)
  await workspace.drop('day.csv', prices(1, 2))
  await running.client.workflow.execute('importPartition', {
    workflowId: `${workspace.pipeline}/by-hand`,
    args: [{ pipeline: workspace.pipeline, partition: 'day' }],
    taskQueue: workspace.pipeline,
  })
  await expectRowsOnce(running)
  stalled.send('go on')
  // The stalled run's load fails with its claim lost; its next try finds that nothing is left to do.
  const run = running.client.workflow.getHandle(`${workspace.pipeline}/partition/day`)
  expect(await run.result()).toMatchObject({ state: 'loaded', rows: 2 })
  const { events } = await run.fetchHistory()
  const tries = events?.flatMap(
    ({ activityTaskStartedEventAttributes: started }) => started?.lastFailure?.applicationFailureInfo?.type ?? [],
  )
  expect(tries).toEqual(['ClaimLost'])
  await expectRowsOnce(running)
})

async function startStopping(workspace: Workspace, at: Step): Promise<Program> {
  const program = Program.start(WORKER_THAT_STOPS, [await writeConfig(workspace), testServer(), at])
  await program.printed('running')
  return program
}

/** Has the one worker begin the load, and then starts another one. */
async function importBeside(workspace: Workspace, stopping: Program): Promise<Running> {
  await using tidemark = await Tidemark.connect({ address: testServer(), taskQueue: workspace.pipeline })
  await tidemark.startPartition(workspace.pipeline, 'day')
  await stopping.printed('stopped at')
  return Running.start(workspace)
}

async function expectRowsOnce(running: Running): Promise<void> {
  expect(await running.sharePrices()).toEqual({ 'day.csv': [1, 2] })
  expect(await running.ledgerLines()).toEqual(['day.csv#1 loaded'])
}

function stagedIn(workspace: Workspace): Promise<string[]> {
  return readdir(join(workspace.config.stateFolder, 'staging'))
}
