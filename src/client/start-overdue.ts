import { type Client, WorkflowIdConflictPolicy } from '@temporalio/client'
import type { tellOverdue } from '../../workflows/tellOverdue.ts'
import { alertSearchAttributes, overdueId, PRIORITY } from '../names.ts'

/** Has people told of what is overdue, unless that is being done. It does not wait for it. */
export async function startTellingOverdue(
  client: Client,
  { pipeline, taskQueue }: { readonly pipeline: string; readonly taskQueue: string },
): Promise<void> {
  await client.workflow.start<typeof tellOverdue>('tellOverdue', {
    workflowId: overdueId(pipeline),
    args: [{ pipeline }],
    taskQueue,
    typedSearchAttributes: alertSearchAttributes(pipeline, undefined),
    priority: { priorityKey: PRIORITY.person },
    staticSummary: `tell what of ${pipeline} is overdue`,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  })
}
