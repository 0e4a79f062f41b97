import { type ScheduleOptions, ScheduleOverlapPolicy } from '@temporalio/client'
import type { scheduledPartition } from '../../workflows/scheduledPartition.ts'
import type { Config, Pipeline, Schedule } from '../config/pipeline.ts'
import { scheduledId, scheduleId, searchAttributes } from '../names.ts'
import { windowOf } from '../partitions/windows.ts'
import { definitionOf, withComment } from './definition.ts'

/** In the memo of what is ours: the warehouse that it works for. */
export const MARK = 'tidemark'

/** What the config asks the server for. */
export interface Wanted {
  readonly pipeline: string
  readonly taskQueue: string
  readonly schedule?: ScheduleOptions
  /** Equal to the one that is read from the server when there is nothing to change. */
  readonly definition?: string
  readonly summary?: string
  readonly sensor: boolean
}

export function wantedFrom(config: Config, identity: string): Wanted[] {
  const { taskQueue } = config.temporal
  return [...config.pipelines.values()].map((pipeline) => {
    const { name, schedule, sensor } = pipeline
    const wanted = { pipeline: name, taskQueue, sensor: sensor !== undefined }
    if (schedule === undefined) return wanted
    const options = scheduleOptions(pipeline, schedule, taskQueue, { [MARK]: identity })
    return {
      ...wanted,
      definition: definitionOf({ ...options, crons: [schedule.cron] }),
      summary: `cron '${schedule.cron}' ${schedule.timezone}, overlap ${schedule.overlap}`,
      schedule: options,
    }
  })
}

function scheduleOptions(pipeline: Pipeline, schedule: Schedule, taskQueue: string, memo: Record<string, string>) {
  const startAt = firstWhole(pipeline)
  return {
    scheduleId: scheduleId(pipeline.name),
    spec: {
      cronExpressions: [withComment(schedule.cron)],
      timezone: schedule.timezone,
      ...(startAt === undefined ? {} : { startAt }),
    },
    action: {
      type: 'startWorkflow',
      workflowType: 'scheduledPartition' as const,
      workflowId: scheduledId(pipeline.name),
      args: [{ pipeline: pipeline.name }] satisfies Parameters<typeof scheduledPartition>,
      taskQueue,
      memo,
      typedSearchAttributes: searchAttributes(pipeline.name, 'schedule', 'waiting'),
      staticSummary: `scheduled partition of ${pipeline.name}`,
    },
    policies: {
      overlap: ScheduleOverlapPolicy[schedule.overlap],
      catchupWindow: schedule.catchupWindowMs,
      pauseOnFailure: schedule.pauseOnFailure,
    },
    memo,
    typedSearchAttributes: searchAttributes(pipeline.name, 'schedule', 'waiting').slice(0, 1),
  } satisfies ScheduleOptions
}

/** No tick before the first partition is whole. There is no end: late and corrected files of the last days are loaded by later ticks. */
function firstWhole({ partitions }: Pipeline): Date | undefined {
  return partitions.kind === 'dynamic' ? undefined : windowOf(partitions, partitions.start)?.end
}
