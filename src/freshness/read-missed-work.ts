import { type Client, ScheduleNotFoundError } from '@temporalio/client'
import { unpauseCommand } from '../client/unpause-command.ts'
import type { Pipeline } from '../config/pipeline.ts'
import { PARTITION, PIPELINE, scheduleId } from '../names.ts'
import { nextTickOf } from '../schedules/next-tick.ts'
import { type Gap, gapsOf, type ScheduleFacts } from './missed-work.ts'
import type { Freshness } from './state.ts'

/** What a pipeline's schedule has left undone. Plain JSON. */
export interface MissedWork {
  /** Null: the server has none. */
  readonly schedule: ScheduleFacts | null
  readonly gaps: readonly Gap[]
}

/** Older runs are hardly of a partition that is still waited for. */
const MOST_RUNS = 5_000

/** For `status`, the page and programs; undefined for a pipeline without a schedule. Two or three questions to the server. */
export async function readMissedWork(
  client: Client,
  pipeline: Pick<Pipeline, 'name' | 'partitions' | 'schedule' | 'expect'>,
  freshness: Freshness,
): Promise<MissedWork | undefined> {
  if (pipeline.schedule === undefined) return undefined
  const schedule = await readSchedule(client, pipeline.name)
  const { waiting, late, missing } = freshness.counts
  const ran = waiting + late + missing === 0 ? new Set<string>() : await partitionsOfTicks(client, pipeline.name)
  return { schedule: schedule ?? null, gaps: gapsOf({ pipeline, freshness, schedule, ran }) }
}

async function readSchedule(client: Client, pipeline: string): Promise<ScheduleFacts | undefined> {
  try {
    const { info, state } = await client.schedule.getHandle(scheduleId(pipeline)).describe()
    return {
      createdAt: info.createdAt.toISOString(),
      paused: state.paused,
      note: state.note === undefined || state.note === '' ? null : state.note,
      nextAt: nextTickOf({ state, info }),
      unpause: unpauseCommand(client, pipeline),
      skippedOverlap: info.numActionsSkippedOverlap,
      missedCatchup: info.numActionsMissedCatchupWindow,
    }
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined
    throw error
  }
}

async function partitionsOfTicks(client: Client, pipeline: string): Promise<ReadonlySet<string>> {
  const query = `${PIPELINE.name} = ${JSON.stringify(pipeline)} AND WorkflowType = 'scheduledPartition'`
  const keys = new Set<string>()
  let runs = 0
  for await (const { typedSearchAttributes } of client.workflow.list({ query })) {
    const key = typedSearchAttributes.get(PARTITION)
    if (key !== undefined) keys.add(key)
    if (++runs >= MOST_RUNS) break
  }
  return keys
}
