import { type Client, WorkflowNotFoundError } from '@temporalio/client'

/** Whether a run, or the newest one of an id, is still open. One that the server does not know has ended. */
export async function isRunOpen(client: Client, workflowId: string, runId?: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId, runId).describe()
    return status.name === 'RUNNING' || status.name === 'PAUSED'
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}
