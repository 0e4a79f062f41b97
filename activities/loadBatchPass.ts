import { LOAD_TRIES } from '../src/load-tries.ts'
import { type BatchPass, loadBatch } from '../src/loading/load-batch.ts'
import { isRunOpen } from '../src/open-runs.ts'
import type { ActivityContext } from './context.ts'
import { withFailures } from './failures.ts'
import { heartbeating } from './heartbeating.ts'
import { runOf } from './run.ts'
import { untoldIn } from './untold.ts'

export interface BatchPassInput {
  readonly pipeline: string
  /** Takes also what is left alone after failures. */
  readonly alsoPostponed?: boolean
}

/** One pass of a batch: lists once, and loads in chunks. A try that follows a lost one finds in the ledger what that one did. */
export function loadBatchPass({ pipelines, loading, client }: ActivityContext) {
  return ({ pipeline, alsoPostponed = false }: BatchPassInput): Promise<BatchPass> => {
    let done: BatchPass | undefined
    return heartbeating(
      (context) =>
        withFailures(async () => {
          const open = pipelines.get(pipeline)
          const pass = await loadBatch(loading, {
            open,
            run: runOf(context),
            alsoPostponed,
            lastTry: context.info.attempt >= LOAD_TRIES,
            isOpen: (run) => isRunOpen(client, run.workflowId, run.runId),
            progress: (pass) => {
              done = pass
            },
            signal: context.cancellationSignal,
          })
          return { ...pass, ...(await untoldIn(loading.warehouse, open)) }
        }),
      () => done && { loaded: done.loaded, held: done.held, rows: done.rows },
    )
  }
}
