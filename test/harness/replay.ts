import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { type History, Worker } from '@temporalio/worker'
import { packageRoot } from '../../src/package-root.ts'
import './quiet.ts'

/** Tests may start what is not ours. */
const OUR_TYPES = ['alert', 'sensor', 'scheduledPartition', 'importPartition', 'importBatch', 'actOnFile', 'backfill']

export interface Recorded {
  readonly workflowId: string
  readonly history: History
}

/** What replayed, and each history that today's workflow code would not have made. */
export interface Replayed {
  readonly count: number
  readonly faults: readonly string[]
}

/** Replays histories with the workflows as they are built. */
export async function replay(histories: AsyncIterable<Recorded> | Iterable<Recorded>): Promise<Replayed> {
  const code = await readFile(join(packageRoot(), 'dist', 'workflow-bundle.js'), 'utf8')
  const faults: string[] = []
  let count = 0
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: { code } }, histories)) {
    count += 1
    if (error !== undefined) faults.push(`${workflowId}: ${error.message}`)
  }
  return { count, faults }
}

/** Every run that a server knows, open or closed, that a worker has begun: without a first task there is nothing to replay. */
export async function* historiesOn(client: Client): AsyncGenerator<Recorded> {
  const query = `WorkflowType IN (${OUR_TYPES.map((type) => `'${type}'`).join(', ')})`
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    const history = await historyOf(client, workflowId, runId)
    if (history?.events?.some(({ workflowTaskCompletedEventAttributes: done }) => done)) yield { workflowId, history }
  }
}

/** Fails when a history that tests have made does not replay. */
export async function replayAllOn(client: Client): Promise<number> {
  const { count, faults } = await replay(historiesOn(client))
  if (faults.length > 0) throw new Error(`${faults.length} of ${count} histories do not replay:\n  ${faults.join('\n  ')}`)
  return count
}

async function historyOf(client: Client, workflowId: string, runId: string): Promise<History | undefined> {
  try {
    return await client.workflow.getHandle(workflowId, runId).fetchHistory()
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined // deleted since it was listed
    throw error
  }
}
