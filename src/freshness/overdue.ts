import type { Pipeline } from '../config/pipeline.ts'
import { windowOf } from '../partitions/windows.ts'
import { NEXT_SUBJECT, type Overdue, partitionSubject } from '../warehouse/overdue.ts'
import { Deadlines } from './deadlines.ts'
import type { Freshness, PartitionFreshness } from './state.ts'

/** Beyond these only the number is told. */
const DUE_TIMES_TOLD = 5

/** What is late or missing, and what has come of that which people were told of. */
export function overdueIn(pipeline: Pick<Pipeline, 'partitions' | 'expect'>, freshness: Freshness): Overdue[] {
  const { partitions, next, newest } = freshness
  const overdue: Overdue[] = []
  const counts = { late: 0, missing: 0 }
  for (const partition of partitions) {
    const { state, key } = partition
    if (state !== 'late' && state !== 'missing') continue
    const text = ++counts[state] > DUE_TIMES_TOLD ? '' : reasonOf(pipeline, partition, freshness.at)
    overdue.push({ subject: partitionSubject(key), state, key, text })
  }
  if (next !== null && next.key === null) {
    const since = newest === null ? 'since the beginning' : `after ${newest.key}`
    const isOverdue = next.state !== 'waiting'
    overdue.push({
      subject: NEXT_SUBJECT,
      state: next.state === 'waiting' ? null : next.state,
      text: isOverdue ? `no new partition ${since}; one was due ${next.dueAt}` : `a new partition has come: ${newest?.key ?? ''}`,
    })
  }
  return overdue
}

function reasonOf(
  { partitions, expect }: Pick<Pipeline, 'partitions' | 'expect'>,
  partition: PartitionFreshness,
  at: string,
): string {
  const end = windowOf(partitions, partition.key)?.end.getTime()
  const dueMs = expect === undefined || end === undefined ? undefined : new Deadlines(expect, new Date(at)).dueOf(end)
  const due = partition.dueAt ?? (dueMs === undefined ? undefined : new Date(dueMs).toISOString())
  return `${partition.reason ?? 'not loaded'}${due === undefined ? '' : `; it was due ${due}`}`
}
