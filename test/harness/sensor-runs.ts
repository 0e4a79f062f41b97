import type { History } from '@temporalio/worker'
import { z } from 'zod'
import type { WatchInput } from '../../activities/watchSource.ts'
import { sensorId } from '../../src/names.ts'
import type { Running } from './running.ts'

/** A turn of the sensor, as its history has it. */
export interface Turn {
  readonly demand: WatchInput['demand']
  /** When it was asked for, and when it ended in whatever way; milliseconds since 1970. */
  readonly askedAt: number
  readonly endedAt: number | undefined
  /** Whether a signal ended it without an answer. */
  readonly cutShort: boolean
}

const input = z.object({ demand: z.object({ poll: z.boolean(), sweep: z.boolean(), paths: z.array(z.string()) }) })

/** Every run of a pipeline's sensor, oldest first. */
export async function sensorRuns({ client, pipeline }: Running) {
  const runs: { runId: string; status: string; startTime: Date }[] = []
  for await (const { runId, status, startTime } of client.workflow.list({ query: `WorkflowId = '${sensorId(pipeline)}'` }))
    runs.push({ runId, status: status.name, startTime })
  return runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime())
}

/** Of all runs. */
export async function sensorTurns(running: Running): Promise<Turn[]> {
  const turns: Turn[] = []
  for (const { runId } of await sensorRuns(running)) {
    const history = await running.client.workflow.getHandle(sensorId(running.pipeline), runId).fetchHistory()
    turns.push(...turnsIn(history))
  }
  return turns
}

function turnsIn({ events }: History): Turn[] {
  const all = events ?? []
  return all.flatMap((event): Turn[] => {
    const scheduled = event.activityTaskScheduledEventAttributes
    if (scheduled?.activityType?.name !== 'watchSource') return []
    const end = all.find((later) =>
      [
        later.activityTaskCompletedEventAttributes,
        later.activityTaskCanceledEventAttributes,
        later.activityTaskFailedEventAttributes,
      ].some((ended) => ended?.scheduledEventId?.toString() === event.eventId?.toString()),
    )
    const { demand } = input.parse(JSON.parse(Buffer.from(scheduled.input?.payloads?.[0]?.data ?? []).toString()))
    return [
      {
        demand,
        askedAt: millisecondsOf(event),
        endedAt: end && millisecondsOf(end),
        cutShort: end !== undefined && !end.activityTaskCompletedEventAttributes,
      },
    ]
  })
}

function millisecondsOf({ eventTime }: NonNullable<History['events']>[number]): number {
  return Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1e6
}

/** How often an import of a partition was started, by whatever asked for it. */
export async function importsOf({ client, pipeline }: Running): Promise<number> {
  const { count } = await client.workflow.count(`TidemarkPipeline = '${pipeline}' AND WorkflowType = 'importPartition'`)
  return count
}
