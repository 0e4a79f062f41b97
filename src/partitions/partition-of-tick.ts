import { judgeKey } from './keys.ts'
import type { Partitions } from './partitions.ts'
import { lastWhole } from './windows.ts'

export interface PartitionOfTick {
  readonly partition: string | null
  /** Why it has none. */
  readonly reason?: string
}

/** Which partition a tick of a schedule means: the last whole one before the scheduled time, never before the clock's. */
export function partitionOfTick(partitions: Partitions, tick: Date): PartitionOfTick {
  if (partitions.kind === 'dynamic') return { partition: null, reason: 'dynamic partitions have no day of their own' }
  const { key } = lastWhole(partitions, tick)
  const judged = judgeKey(partitions, key)
  return judged.verdict === 'valid' ? { partition: key } : { partition: null, reason: judged.reason }
}
