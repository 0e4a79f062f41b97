import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowIdConflictPolicy } from '@temporalio/client'
import type { importBatch } from '../../workflows/importBatch.ts'
import type { importPartition } from '../../workflows/importPartition.ts'
import type { PartitionState } from '../loading/load-partition.ts'
import { batchId, PRIORITY, partitionId, searchAttributes, type Trigger } from '../names.ts'

interface StartOptions {
  readonly pipeline: string
  readonly taskQueue: string
  readonly trigger: Trigger
}

export interface PartitionStart extends StartOptions {
  readonly partition: string
  /** When it aborts, nothing more is started. */
  readonly signal?: AbortSignal
}

export interface BatchStart extends StartOptions {
  /** Takes also what is left alone after failures, when none is open yet. */
  readonly alsoPostponed?: boolean
}

/** Starts the import of one partition; undefined when a run of it is open, which may have looked too early. */
export async function startPartition(client: Client, { pipeline, partition, taskQueue, trigger }: PartitionStart) {
  try {
    return await client.workflow.start<typeof importPartition>('importPartition', {
      workflowId: partitionId(pipeline, partition),
      // Who starts it has named it.
      args: [{ pipeline, partition, alsoIgnored: true }],
      taskQueue,
      typedSearchAttributes: searchAttributes(pipeline, trigger, 'loading', partition),
      priority: { priorityKey: PRIORITY.person },
      staticSummary: `import ${pipeline} ${partition}`,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    })
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined
    throw error
  }
}

/**
 * Brings one partition up to date and answers with what it is then. An open run is waited for, and then asked again.
 * @throws WorkflowFailedError with a cause of type `FileHeld` when its newest version is held
 */
export async function importPartitionNow(client: Client, start: PartitionStart): Promise<PartitionState> {
  for (;;) {
    const handle = await startPartition(client, start)
    if (handle !== undefined) return await handle.result()
    await client.workflow
      .getHandle(partitionId(start.pipeline, start.partition))
      .result()
      .catch(() => undefined) // how that one ended is not what was asked
    start.signal?.throwIfAborted()
  }
}

/** Starts a pipeline's batch, or has the one that is open pass once more. */
export async function startBatch(client: Client, { pipeline, taskQueue, trigger, alsoPostponed = false }: BatchStart) {
  return await client.workflow.signalWithStart<typeof importBatch>('importBatch', {
    workflowId: batchId(pipeline),
    args: [{ pipeline, alsoPostponed }],
    signal: 'again',
    taskQueue,
    typedSearchAttributes: searchAttributes(pipeline, trigger, 'loading'),
    priority: { priorityKey: PRIORITY.batch },
    staticSummary: `import all of ${pipeline}`,
  })
}
