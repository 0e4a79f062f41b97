import { formatFault } from './format-fault.ts'
import { judgeKey } from './keys.ts'
import type { Partitions, TimePartitions } from './partitions.ts'
import { windowOf } from './windows.ts'
import { findZone } from './zone-offsets.ts'

export interface PartitionsFault {
  readonly field: 'timezone' | 'offset' | 'format' | 'start' | 'end'
  readonly message: string
}

/** An offset must stay below this, or a window would begin in the next one's hour, day, week or shortest month. */
const SHORTEST_HOURS: Readonly<Record<TimePartitions['kind'], number>> = { hourly: 1, daily: 24, weekly: 168, monthly: 672 }

/** The first thing that is wrong with these partitions, in words for the author of the config; undefined when all is well. */
export function partitionsFault(partitions: Partitions): PartitionsFault | undefined {
  if (partitions.kind === 'dynamic') return undefined
  const timezone = timezoneFault(partitions)
  if (timezone !== undefined) return { field: 'timezone', message: timezone }
  const offset = offsetFault(partitions)
  if (offset !== undefined) return { field: 'offset', message: offset }
  const format = formatFault(partitions)
  if (format !== undefined) return { field: 'format', message: format }
  const start = keyFault(partitions, partitions.start)
  if (start !== undefined) return { field: 'start', message: start }
  const end = endFault(partitions)
  return end === undefined ? undefined : { field: 'end', message: end }
}

function timezoneFault({ timezone }: TimePartitions): string | undefined {
  if (findZone(timezone)) return undefined
  return `${JSON.stringify(timezone)} is no time zone that is the same on every machine; write an IANA name such as Europe/Berlin, or UTC`
}

function offsetFault({ kind, offsetMs }: TimePartitions): string | undefined {
  const limit = SHORTEST_HOURS[kind]
  if (Number.isInteger(offsetMs) && offsetMs >= 0 && offsetMs < limit * 3_600_000) return undefined
  return `an offset of ${offsetMs} ms does not fit ${kind} partitions; it must be at least 0 and less than ${limit} h`
}

function endFault(partitions: TimePartitions): string | undefined {
  const { start, end } = partitions
  if (end === undefined) return undefined
  const fault = keyFault(partitions, end)
  if (fault !== undefined) return fault
  const [first, last] = [windowOf(partitions, start), windowOf(partitions, end)]
  if (!first || !last || first.start <= last.start) return undefined
  return `the last partition, ${end}, is before the first, ${start}; both are included`
}

function keyFault(partitions: TimePartitions, key: string): string | undefined {
  const judged = judgeKey({ ...partitions, start: key, end: undefined }, key)
  return judged.verdict === 'valid' ? undefined : judged.reason
}
