import type { WorkflowHandle } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'

/** What a workflow's open activity of a type has told last; undefined when it has told nothing yet, or there is none. */
export async function heartbeatOf(handle: Pick<WorkflowHandle, 'describe'>, type: string): Promise<unknown> {
  const { raw } = await handle.describe()
  const activity = raw.pendingActivities?.find(({ activityType }) => activityType?.name === type)
  const beat = activity?.heartbeatDetails?.payloads?.[0]
  return beat && defaultPayloadConverter.fromPayload(beat)
}
