import { type Client, ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client'
import { scheduleId, sensorId } from '../names.ts'
import { describedDefinition } from './definition.ts'
import { MARK } from './wanted.ts'

/** What the server has under a name. */
export interface Found {
  /** Whose it is; undefined when it carries no mark of ours. */
  readonly identity: string | undefined
  readonly definition?: string | undefined
  readonly paused?: boolean
}

export async function findSchedule(client: Client, pipeline: string): Promise<Found | undefined> {
  try {
    const described = await client.schedule.getHandle(scheduleId(pipeline)).describe()
    return { identity: textIn(described.memo, MARK), definition: describedDefinition(described), paused: described.state.paused }
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined
    throw error
  }
}

export async function findSensor(client: Client, pipeline: string): Promise<Found | undefined> {
  try {
    const { memo, status } = await client.workflow.getHandle(sensorId(pipeline)).describe()
    return status.name === 'RUNNING' || status.name === 'PAUSED' ? { identity: textIn(memo, MARK) } : undefined
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

/** Names of pipelines that have something of this warehouse on the server. */
export async function ownNames(client: Client, identity: string): Promise<{ schedules: string[]; sensors: string[] }> {
  const schedules: string[] = []
  for await (const { scheduleId: id, memo } of client.schedule.list()) if (textIn(memo, MARK) === identity) schedules.push(id)
  const sensors: string[] = []
  for await (const { workflowId, memo } of client.workflow.list({
    query: "WorkflowType = 'sensor' AND ExecutionStatus = 'Running'",
  })) {
    if (textIn(memo, MARK) === identity) sensors.push(workflowId.replace(/\/sensor$/, ''))
  }
  return { schedules, sensors }
}

function textIn(memo: Record<string, unknown> | undefined, field: string): string | undefined {
  const value = memo?.[field]
  return typeof value === 'string' ? value : undefined
}
