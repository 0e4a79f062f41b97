import type { Context } from '@temporalio/activity'
import { LOAD_TRIES } from '../src/load-tries.ts'
import { NO_PASS, type PassProgress, passProgress } from '../src/loading/batch-progress.ts'
import { type BatchPass, loadBatch } from '../src/loading/load-batch.ts'
import { isRunOpen } from '../src/open-runs.ts'
import type { ActivityContext } from './context.ts'
import { withFailures } from './failures.ts'
import { heartbeating } from './heartbeating.ts'
import { runOf } from './run.ts'
import { tellingProgress } from './telling-progress.ts'
import { untoldIn } from './untold.ts'

export interface BatchPassInput {
  readonly pipeline: string
  /** Takes also what is left alone after failures. */
  readonly alsoPostponed?: boolean
}

/** One pass of a batch: lists once, and loads in chunks. A try that follows a lost one finds in the ledger what that one did. */
export function loadBatchPass({ pipelines, loading, client }: ActivityContext) {
  return ({ pipeline, alsoPostponed = false }: BatchPassInput): Promise<BatchPass> => {
    let live: PassProgress = NO_PASS
    const begun = performance.now()
    const work = (context: Context) =>
      withFailures(async () => {
        const open = pipelines.get(pipeline)
        const pass = await loadBatch(loading, {
          open,
          run: runOf(context),
          alsoPostponed,
          lastTry: context.info.attempt >= LOAD_TRIES,
          isOpen: (run) => isRunOpen(client, run.workflowId, run.runId),
          progress: (pass, toGo) => {
            live = passProgress(pass, toGo, performance.now() - begun)
          },
          signal: context.cancellationSignal,
        })
        return { ...pass, ...(await untoldIn(loading.warehouse, open)) }
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
