import { judgeKey } from './keys.ts'
import type { TimePartitions, Window } from './partitions.ts'
import { lastWhole } from './windows.ts'

export interface PartitionOfTick {
  readonly window: Window
  /** Why it is none of the pipeline's. */
  readonly reason: string | undefined
}

/** Why a tick means no partition of its own where they are dynamic. */
export const NO_DAY = 'dynamic partitions have no day of their own'

/** Which partition a tick of a schedule means: the last whole one before the scheduled time, never before the clock's. */
export function partitionOfTick(partitions: TimePartitions, tick: Date): PartitionOfTick {
  const window = lastWhole(partitions, tick)
  const judged = judgeKey(partitions, window.key)
  return { window, reason: judged.verdict === 'valid' ? undefined : judged.reason }
}
