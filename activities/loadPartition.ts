import { LOAD_TRIES } from '../src/load-tries.ts'
import { loadPartition as load, type PartitionState } from '../src/loading/load-partition.ts'
import type { ImportPartitionInput } from '../workflows/importPartition.ts'
import type { ActivityContext } from './context.ts'
import { withFailures } from './failures.ts'
import { heartbeating } from './heartbeating.ts'
import { runOf } from './run.ts'

/** Brings one partition up to date. Each try looks afresh, with a claim of its own. */
export function loadPartition({ pipelines, loading }: ActivityContext) {
  return ({ pipeline, partition, hints = [], absent = [] }: ImportPartitionInput): Promise<PartitionState> =>
    heartbeating((context) =>
      withFailures(() =>
        load(loading, {
          open: pipelines.get(pipeline),
          key: partition,
          hints,
          absent,
          run: runOf(context),
          lastTry: context.info.attempt >= LOAD_TRIES,
          signal: context.cancellationSignal,
        }),
      ),
    )
}
