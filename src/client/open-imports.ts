import type { Client } from '@temporalio/client'
import { PIPELINE } from '../names.ts'

/** How many imports and batches of the pipeline are open. The server's list may be a second behind. */
export async function openImports(client: Client, pipeline: string): Promise<number> {
  const { count } = await client.workflow.count(
    `${PIPELINE.name} = ${JSON.stringify(pipeline)} AND ExecutionStatus = 'Running' AND WorkflowType IN ('importPartition', 'importBatch')`,
  )
  return count
}
