import { Cron } from 'croner'
import type { Schedule } from '../src/config/pipeline.ts'
import { partitionOfTick } from '../src/partitions/partition-of-tick.ts'
import type { ActivityContext } from './context.ts'
import { withFailures } from './failures.ts'

/** Between two looks for a file that is waited for, at first. */
const SHORTEST_PAUSE_MS = 1_000
const USUAL_PAUSE_MS = 60_000
/** Ten looks before a file is late, when that is soon. */
const LOOKS_BEFORE_LATE = 10

export interface TickPlan {
  readonly partition: string | null
  readonly reason?: string
  /** Whether this tick also has late and corrected files of earlier days loaded. */
  readonly askBatch: boolean
  readonly lateAt: number
  readonly missingAt: number
  readonly pauseMs: number
}

/** Which partition a tick means: the last whole one before the scheduled time, never before the clock's. */
export function planTick({ pipelines }: Pick<ActivityContext, 'pipelines'>) {
  return ({ pipeline, tick }: { readonly pipeline: string; readonly tick: number }): Promise<TickPlan> =>
    withFailures(async () => {
      const { partitions, schedule } = pipelines.get(pipeline).pipeline
      const { lateAfterMs = 0, missingAfterMs = 0 } = schedule ?? {}
      const pauseMs = Math.min(USUAL_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, lateAfterMs / LOOKS_BEFORE_LATE))
      const times = { lateAt: tick + lateAfterMs, missingAt: tick + missingAfterMs, pauseMs }
      const { partition, reason } = partitionOfTick(partitions, new Date(tick))
      if (partition === null) return { ...times, partition, askBatch: true, ...(reason === undefined ? {} : { reason }) }
      return { ...times, partition, askBatch: isLatestDue(schedule, tick) }
    })
}

/** Whether the tick after this one is yet to come: of many that are made up for, only the last one asks for all. */
function isLatestDue(schedule: Schedule | undefined, tick: number): boolean {
  if (schedule === undefined) return true
  const next = new Cron(schedule.cron, { timezone: schedule.timezone, paused: true }).nextRun(new Date(tick))
  return next === null || next.getTime() > Date.now()
}
