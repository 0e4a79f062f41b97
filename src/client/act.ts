import { createHash } from 'node:crypto'
import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowIdConflictPolicy } from '@temporalio/client'
import type { ActOnFileInput, ActOnFileResult, actOnFile } from '../../workflows/actOnFile.ts'
import { actId, PRIORITY, searchAttributes } from '../names.ts'

/** Longer ones would not fit into a workflow id. */
const LONGEST_PATH_BYTES = 500

export interface Act extends Omit<ActOnFileInput, 'opened'> {
  readonly taskQueue: string
}

export function actWorkflowId(pipeline: string, path: string): string {
  const long = Buffer.byteLength(path) > LONGEST_PATH_BYTES
  return actId(pipeline, long ? createHash('sha256').update(path).digest('hex') : path)
}

/** Has a decision on a file carried out. Another one that is open on the same file comes first. */
export async function actOnFileNow(client: Client, { taskQueue, ...input }: Act): Promise<ActOnFileResult> {
  const workflowId = actWorkflowId(input.pipeline, input.path)
  for (;;) {
    try {
      return await client.workflow.execute<typeof actOnFile>('actOnFile', {
        workflowId,
        args: [input],
        taskQueue,
        typedSearchAttributes: searchAttributes(input.pipeline, 'manual', 'loading'),
        priority: { priorityKey: PRIORITY.person },
        staticSummary: `${input.action} ${input.path}`,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
      })
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    }
    await client.workflow
      .getHandle(workflowId)
      .result()
      .catch(() => undefined) // how that one ended is not what was asked
  }
}
