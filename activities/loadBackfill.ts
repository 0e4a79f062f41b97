import type { Context } from '@temporalio/activity'
import { loadTogether } from '../src/backfilling/load-together.ts'
import type { BackfillRequest } from '../src/backfilling/request.ts'
import { NOTHING_YET, type Tally } from '../src/backfilling/tally.ts'
import { LOAD_TRIES } from '../src/load-tries.ts'
import { isRunOpen } from '../src/open-runs.ts'
import type { ActivityContext } from './context.ts'
import { withFailures } from './failures.ts'
import { heartbeating } from './heartbeating.ts'
import { runOf } from './run.ts'
import { tellingProgress } from './telling-progress.ts'
import { untoldIn } from './untold.ts'

export interface LoadBackfillInput extends BackfillRequest {
  /** When the backfill was asked for, in milliseconds since 1970. */
  readonly at: number
}

/** How far it is, for its heartbeats and its workflow. */
export interface Together {
  /** Of the whole backfill, all tries together. */
  readonly tally: Tally
  readonly left: number
}

export interface BackfillPass extends Together {
  /** It was asked to stop before its end. */
  readonly stopped: boolean
  readonly newlyHeld: number
  readonly recovered?: number
  readonly gone?: number
}

/** Loads a backfill's partitions together. Cancelling it asks it for what it has done so far; a try that follows goes on from there. */
export function loadBackfill({ pipelines, loading, client }: ActivityContext) {
  return ({ at, ...backfill }: LoadBackfillInput): Promise<BackfillPass> => {
    let live: Together = { tally: NOTHING_YET, left: 0 }
    const work = (context: Context) =>
      withFailures(async () => {
        const open = pipelines.get(backfill.pipeline)
        try {
          const tally = await loadTogether(loading, {
            open,
            backfill,
            at,
            run: runOf(context),
            isOpen: (run) => isRunOpen(client, run.workflowId, run.runId),
            lastTry: context.info.attempt >= LOAD_TRIES,
            progress: (tally, left) => {
              live = { tally, left }
            },
            signal: context.cancellationSignal,
          })
          return { tally, left: 0, stopped: false, ...(await untoldIn(loading.warehouse, open)) }
        } catch (error) {
          // A worker that is shut down has another one go on.
          if (!context.cancellationDetails?.cancelRequested) throw error
          return { ...live, stopped: true, newlyHeld: 0 }
        }
      })
    return heartbeating(
      (context) =>
        tellingProgress(
          client,
          context,
          () => live,
          () => work(context),
        ),
      () => live,
    )
  }
}
