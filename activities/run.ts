import type { Context } from '@temporalio/activity'
import type { Run } from '../src/warehouse/claim.ts'

export function runOf({ info }: Context): Run {
  return { workflowId: info.workflowExecution?.workflowId ?? info.activityId, runId: info.workflowExecution?.runId ?? '' }
}
