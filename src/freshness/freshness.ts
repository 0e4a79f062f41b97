import type { Pipeline } from '../config/pipeline.ts'
import type { PartitionRecords } from '../warehouse/partition-record.ts'
import { dynamicPartitions } from './dynamic-partitions.ts'
import { FRESHNESS_STATES, type Freshness, type FreshnessState, isoOrNull } from './state.ts'
import { timePartitions } from './time-partitions.ts'

/**
 * What each partition is, from the config and the ledger alone: schedules that were paused or lost a tick do not hide anything. Pure. A hundred thousand
 * partitions take well below a second.
 */
export function freshnessOf(
  { name, partitions, expect }: Pick<Pipeline, 'name' | 'partitions' | 'expect'>,
  known: PartitionRecords,
  now: Date,
): Freshness {
  const judged =
    partitions.kind === 'dynamic' ? dynamicPartitions(expect, known, now) : timePartitions(partitions, expect, known, now)
  const counts = Object.fromEntries(FRESHNESS_STATES.map((state) => [state, 0])) as Record<FreshnessState, number>
  for (const { state } of judged.partitions) counts[state] += 1
  const { changesMs, ...rest } = judged
  return { pipeline: name, kind: partitions.kind, at: now.toISOString(), ...rest, counts, changesAt: isoOrNull(changesMs) }
}
