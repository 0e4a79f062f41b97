import { createHash } from 'node:crypto'
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client'
import type { alert } from '../../workflows/alert.ts'
import type { Alert, Channel } from '../alerting/alert.ts'
import { alertId, alertSearchAttributes, PRIORITY } from '../names.ts'

export interface AlertStart {
  readonly alert: Alert
  readonly channels: readonly Channel[]
  readonly taskQueue: string
  /** Of the telling: the same one starts one workflow, however often it is tried. */
  readonly token: string
}

/** Starts the delivery of an alert, unless this telling has started it before. It does not wait for it. */
export async function startAlert(client: Client, { alert: told, channels, taskQueue, token }: AlertStart): Promise<void> {
  try {
    await client.workflow.start<typeof alert>('alert', {
      workflowId: alertId(told.pipeline, told.what, createHash('sha256').update(token).digest('hex').slice(0, 32)),
      args: [{ alert: told, channels }],
      taskQueue,
      typedSearchAttributes: alertSearchAttributes(told.pipeline, told.partition ?? undefined),
      priority: { priorityKey: PRIORITY.person },
      staticSummary: `tell that ${told.pipeline} ${told.partition ?? ''} is ${told.what}`,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
}
