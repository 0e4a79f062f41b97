import { Context } from '@temporalio/activity'
import { retryOf } from '../src/backfilling/load-together.ts'
import { planPage } from '../src/backfilling/plan-page.ts'
import type { BackfillRequest } from '../src/backfilling/request.ts'
import type { Tally } from '../src/backfilling/tally.ts'
import { ensureBegun } from '../src/loading/begin.ts'
import type { ActivityContext } from './context.ts'
import { withFailures } from './failures.ts'
import { runOf } from './run.ts'

/**
 * A page is in the workflow's history, and the rest of one in its carried state. Files that a worker has seen while it planned have settled
 * when they are loaded; what is left of a page when a worker is lost settles anew, so that it is no long one.
 */
const PAGE = { partitions: 200, bytes: 32_768 }
/** What is decided to be tried again is taken by whoever looks next, so that not much may be so before its turn. */
const PAGE_TRIED_AGAIN = { partitions: 100, bytes: 32_768 }

export interface PlanBackfillInput extends BackfillRequest {
  /** When the backfill was asked for, in milliseconds since 1970: its range, and what it decides, stay the same. */
  readonly at: number
  /** The last partition of the page before. */
  readonly after: string | null
}

export interface BackfillPage {
  readonly partitions: readonly string[]
  readonly counted: Tally
  /** Null: this was the last page. */
  readonly after: string | null
  readonly left: number
}

/** The next partitions that a backfill starts; what is to be tried again is decided to be. */
export function planBackfill({ pipelines, loading }: ActivityContext) {
  return ({ after, ...input }: PlanBackfillInput): Promise<BackfillPage> => {
    const context = Context.current()
    const { cancellationSignal: signal } = context
    return withFailures(async () => {
      const limit = input.only === 'held' || input.only === 'all' ? PAGE_TRIED_AGAIN : PAGE
      const open = pipelines.get(input.pipeline)
      await ensureBegun(loading, { open, run: runOf(context), signal })
      const page = await planPage(open, loading.warehouse, { ...input, after: after ?? undefined, limit }, signal)
      const again = page.partitions.flatMap((partition) => partition.again)
      if (again.length > 0) await loading.warehouse.retryAll(input.pipeline, again, retryOf(input, input.at), signal)
      return {
        partitions: page.partitions.map(({ key }) => key),
        counted: page.counted,
        after: page.after ?? null,
        left: page.left,
      }
    })
  }
}
