import { Cron } from 'croner'
import type { Schedule } from '../src/config/pipeline.ts'
import { dayOffTest, NO_DAYS_OFF } from '../src/freshness/days-off.ts'
import { NO_DAY, partitionOfTick } from '../src/partitions/partition-of-tick.ts'
import { wallAt } from '../src/partitions/wall-clock.ts'
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
  /** Its day is one on which nothing is expected: it is looked for once. Left out for other days. */
  readonly dayOff?: true
  readonly lateAt: number
  readonly missingAt: number
  readonly pauseMs: number
}

/** Which partition a tick means: the last whole one before the scheduled time, never before the clock's. */
export function planTick({ pipelines }: Pick<ActivityContext, 'pipelines'>) {
  return ({ pipeline, tick }: { readonly pipeline: string; readonly tick: number }): Promise<TickPlan> =>
    withFailures(async () => {
      const { partitions, schedule, expect } = pipelines.get(pipeline).pipeline
      const { lateAfterMs = 0, missingAfterMs = 0 } = schedule ?? {}
      const pauseMs = Math.min(USUAL_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, lateAfterMs / LOOKS_BEFORE_LATE))
      const times = { lateAt: tick + lateAfterMs, missingAt: tick + missingAfterMs, pauseMs }
      if (partitions.kind === 'dynamic') return { ...times, partition: null, askBatch: true, reason: NO_DAY }
      const { window, reason } = partitionOfTick(partitions, new Date(tick))
      if (reason !== undefined) return { ...times, partition: null, askBatch: true, reason }
      const isDayOff = dayOffTest(expect?.except ?? NO_DAYS_OFF)(wallAt(partitions.timezone, window.start.getTime()))
      return { ...times, partition: window.key, askBatch: isLatestDue(schedule, tick), ...(isDayOff ? { dayOff: true } : {}) }
    })
}

/** Whether the tick after this one is yet to come: of many that are made up for, only the last one asks for all. */
function isLatestDue(schedule: Schedule | undefined, tick: number): boolean {
  if (schedule === undefined) return true
  const next = new Cron(schedule.cron, { timezone: schedule.timezone, paused: true }).nextRun(new Date(tick))
  return next === null || next.getTime() > Date.now()
}
