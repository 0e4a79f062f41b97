import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import { workflowInfo } from '@temporalio/workflow'

const SCHEDULED = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME)

/**
 * The time that the schedule meant, in milliseconds: without jitter, and the past day's in a backfill. It outlives continue-as-new.
 * A run that a person started by hand means the moment of its start.
 */
export function scheduledTime(): number {
  const { typedSearchAttributes, startTime } = workflowInfo()
  return (typedSearchAttributes.get(SCHEDULED) ?? startTime).getTime()
}
