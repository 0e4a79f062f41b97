import type { TimePartitions } from '../partitions/partitions.ts'
import { expectedSpans, windowOf } from '../partitions/windows.ts'
import type { PartitionRecords } from '../warehouse/partition-record.ts'
import type { Expect } from './expect.ts'
import { KnownRecords } from './known-records.ts'
import { Landmarks } from './landmarks.ts'
import type { Judged, PartitionFreshness } from './state.ts'
import { TimeRules } from './time-rules.ts'

/** Hours, days, weeks or months: each from the first to the last whole one, and what else the ledger knows. */
export function timePartitions(
  partitions: TimePartitions,
  expect: Expect | undefined,
  { records }: PartitionRecords,
  now: Date,
): Judged {
  const rules = new TimeRules(partitions, expect, now)
  const known = new KnownRecords(records)
  const walked: PartitionFreshness[] = []
  const within = new Landmarks()
  let found = 0
  for (const span of expectedSpans(partitions, now)) {
    const record = known.find(span.key)
    const partition = rules.judge(span, record)
    if (record !== undefined) found += 1
    walked.push(partition)
    within.pass(partition, span)
  }
  const others = found === records.length ? [] : rules.judgeOthers(records, new Set(walked.map(({ key }) => key)))
  const first = windowOf(partitions, partitions.start)?.start.getTime() ?? 0
  const before = others.filter(({ span }) => span !== undefined && span.start < first)
  const after = others.slice(before.length)
  const landmarks = [Landmarks.of(before), within, Landmarks.of(after)]
  const waiting = landmarks.find((some) => some.waiting !== undefined)?.waiting
  const late = landmarks.find((some) => some.late !== undefined)?.late
  const coming = rules.nextOf(
    waiting ?? rules.upcoming(new Map(others.map(({ partition: { key, state } }) => [key, state])), now),
  )
  return {
    partitions: [...before.map(({ partition }) => partition), ...walked, ...after.map(({ partition }) => partition)],
    next: coming ?? null,
    newest: landmarks.findLast(({ newest }) => newest !== null)?.newest ?? null,
    changesMs: least([coming && Date.parse(coming.lateAt), late && rules.missingMs(late)]),
  }
}

function least(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
