import { begin } from '../src/loading/begin.ts'
import type { ActivityContext } from './context.ts'
import { withFailures } from './failures.ts'
import { heartbeating } from './heartbeating.ts'
import { runOf } from './run.ts'

/** The first complete sweep: what `initial` leaves out is written into the ledger. One that has been done is not done again. */
export function beginPipeline({ pipelines, loading }: ActivityContext) {
  return ({ pipeline }: { readonly pipeline: string }): Promise<void> =>
    heartbeating((context) =>
      withFailures(() =>
        begin(loading, { open: pipelines.get(pipeline), run: runOf(context), signal: context.cancellationSignal }),
      ),
    )
}
