/** What a backfill is asked for. Pure: the workflow, the client and the command all read it. */

/** Which partitions of a range are started; without it those that are not up to date: `unloaded` and `changed`. */
export const ONLY = ['unloaded', 'changed', 'held', 'all'] as const
export type Only = (typeof ONLY)[number]

export interface BackfillRequest {
  readonly pipeline: string
  /** The first partition, included; the pipeline's `start` by default. */
  readonly from?: string | undefined
  /** The last partition, included; the last whole one, or the pipeline's `end`, by default. */
  readonly to?: string | undefined
  /** These partitions instead of a range. */
  readonly partitions?: readonly string[] | undefined
  readonly only?: Only | undefined
  readonly newestFirst?: boolean | undefined
  /** How many partitions are open at once. */
  readonly concurrency?: number | undefined
  /** Loads many partitions in one transaction each batch, in one run, instead of a run each. */
  readonly singleRun?: boolean | undefined
  /** Who asks: kept in the ledger beside what is tried again. */
  readonly by?: string | undefined
}

export const CONCURRENCY = 8
/** The server lets a workflow have 2,000 open children, and few of them load at once. */
export const MOST_CONCURRENT = 200
/** They are in the workflow's input, which is small. */
export const MOST_PARTITIONS = 1_000

/** What is wrong with a request, whatever its pipeline is; undefined when nothing is. */
export function requestFault({ from, to, partitions, only, concurrency = CONCURRENCY }: BackfillRequest): string | undefined {
  if (partitions !== undefined) {
    if (from !== undefined || to !== undefined) return 'a range and a list of partitions were given; give one of the two'
    if (partitions.length === 0) return 'the list of partitions is empty; name one, or leave it out for all of them'
    if (partitions.length > MOST_PARTITIONS)
      return `${partitions.length} partitions were listed; at most ${MOST_PARTITIONS} can be: give a range instead`
  }
  if (only !== undefined && !ONLY.includes(only)) return `'${only}' is none of ${ONLY.join(', ')}`
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MOST_CONCURRENT)
    return `a concurrency of ${concurrency}; expected a whole number from 1 to ${MOST_CONCURRENT}`
  return undefined
}
