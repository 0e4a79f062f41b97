import type { Client } from '@temporalio/client'
import type { Pipeline } from '../config/pipeline.ts'
import { batchId, PARTITION, PIPELINE } from '../names.ts'
import { isRunOpen } from '../open-runs.ts'
import { isNews, NEXT_SUBJECT, type Overdue } from '../warehouse/overdue.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { overdueIn } from './overdue.ts'
import { readFreshness } from './read-freshness.ts'

export interface UntoldOverdue {
  readonly overdue: readonly Overdue[]
  /** When there may be more, if nothing comes until then; undefined when the clock alone brings none. */
  readonly changesMs: number | undefined
  /**
   * Something may be news soon that the clock does not tell: what is overdue, what is being loaded (it may come with too few rows), or a new
   * partition after people were told that none came.
   */
  readonly isAwaited: boolean
}

interface Asking {
  readonly client: Client
  readonly warehouse: Pick<Warehouse, 'partitionRecords' | 'toldOverdue'>
  readonly pipeline: Pipeline
  readonly now?: Date
  readonly signal?: AbortSignal
}

/**
 * What is overdue, or has come, and people were not told. Not what somebody is about to tell, or to load: the run of a tick that waits for its own
 * partition tells of that itself, with what it has seen; and a batch that is open may be bringing all of it.
 */
export async function untoldOverdue({ client, warehouse, pipeline, now = new Date(), signal }: Asking): Promise<UntoldOverdue> {
  const freshness = await readFreshness(pipeline, warehouse, { now, ...(signal === undefined ? {} : { signal }) })
  const told = await warehouse.toldOverdue(pipeline.name, signal)
  const changesMs = freshness.changesAt === null ? undefined : Date.parse(freshness.changesAt)
  const news = overdueIn(pipeline, freshness).filter(({ subject, state }) => isNews(state, told.get(subject)))
  const isAwaited = told.has(NEXT_SUBJECT) || freshness.counts.loading > 0
  if (news.length === 0) return { overdue: [], changesMs, isAwaited }
  if (await isRunOpen(client, batchId(pipeline.name))) return { overdue: [], changesMs, isAwaited: true }
  const waitedFor = await keysOfTicks(client, pipeline.name)
  return { overdue: news.filter(({ key }) => key === undefined || !waitedFor.has(key)), changesMs, isAwaited: true }
}

/** The partitions whose tick has a run that waits for them. */
async function keysOfTicks(client: Client, pipeline: string): Promise<ReadonlySet<string>> {
  const query = `${PIPELINE.name} = ${JSON.stringify(pipeline)} AND WorkflowType = 'scheduledPartition' AND ExecutionStatus = 'Running'`
  const keys = new Set<string>()
  for await (const { typedSearchAttributes } of client.workflow.list({ query })) {
    const key = typedSearchAttributes.get(PARTITION)
    if (key !== undefined) keys.add(key)
  }
  return keys
}
