import { LOAD_TRIES } from '../src/load-tries.ts'
import { loadPartition as load, type PartitionState } from '../src/loading/load-partition.ts'
import { Reading } from '../src/loading/reading.ts'
import type { ImportPartitionInput } from '../workflows/importPartition.ts'
import type { ActivityContext } from './context.ts'
import { withFailures } from './failures.ts'
import { heartbeating } from './heartbeating.ts'
import { runOf } from './run.ts'
import { untoldIn } from './untold.ts'

/** Brings one partition up to date. Each try looks afresh, with a claim of its own. */
export function loadPartition({ pipelines, loading }: ActivityContext) {
  return ({
    pipeline,
    partition,
    hints = [],
    absent = [],
    alsoIgnored = false,
    toldByStarter = false,
  }: ImportPartitionInput): Promise<PartitionState> => {
    const reading = new Reading()
    const context = { ...loading, reading }
    return heartbeating(
      (activity) =>
        withFailures(async () => {
          const open = pipelines.get(pipeline)
          const state = await load(context, {
            open,
            key: partition,
            hints,
            absent,
            alsoIgnored,
            run: runOf(activity),
            lastTry: activity.info.attempt >= LOAD_TRIES,
            signal: activity.cancellationSignal,
          })
          return { ...state, ...(toldByStarter ? { newlyHeld: 0 } : await untoldIn(loading.warehouse, open, partition)) }
        }),
      () => reading.step,
    )
  }
}
