import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import { type BatchProgress, type BatchTotals, batchTable, NO_PASS, type PassProgress } from '../src/loading/batch-progress.ts'
import { PROGRESSED, ROWS, STATUS } from '../src/names.ts'
import { bulkActivities } from './activity-options.ts'
import { tellOfFiles } from './tell-of-files.ts'

export interface ImportBatchInput {
  readonly pipeline: string
  /** The first pass also takes what is left alone after failures: a person asked. */
  readonly alsoPostponed?: boolean
  /** Carried by continue-as-new. */
  readonly totals?: BatchTotals
}

/** Asks a running batch for one more pass: who asks has news that its last one may not have seen. */
export const again = defineSignal('again')
/** From the pass that is under way. */
const progressed = defineSignal<[pass: PassProgress]>(PROGRESSED)
export const progress = defineQuery<BatchProgress>('progress')

/** Brings all partitions of a pipeline up to date. It ends after a pass with no outcome. */
export async function importBatch(input: ImportBatchInput): Promise<BatchTotals> {
  const { pipeline } = input
  let asked = true
  let alsoPostponed = input.alsoPostponed ?? false
  let totals = input.totals ?? { loaded: 0, held: 0, rows: 0 }
  let live = NO_PASS
  let loads = false
  let state: BatchProgress['state'] = 'running'
  const now = (): BatchProgress => ({ ...live, ...sum(totals, live), state })
  const show = () => setCurrentDetails(batchTable(now()))
  setHandler(again, () => {
    asked = true
  })
  setHandler(progressed, (pass) => {
    if (!loads) return // of a pass that was given up
    live = pass
    show()
  })
  setHandler(progress, now)
  show()
  while (asked) {
    asked = false
    loads = true
    const pass = await bulkActivities(`load all of ${pipeline}`).loadBatchPass({ pipeline, alsoPostponed })
    loads = false
    alsoPostponed = false
    totals = sum(totals, pass)
    live = { ...NO_PASS, left: pass.left }
    if (pass.loaded + pass.held > 0) asked = true
    show()
    await tellOfFiles({ pipeline }, { ...pass, newlyHeld: pass.newlyHeld ?? pass.held })
    if (asked && workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished)
      await continueAsNew<typeof importBatch>({ pipeline, totals })
    }
  }
  state = 'done'
  show()
  upsertSearchAttributes([
    { key: STATUS, value: totals.held > 0 ? 'held' : totals.loaded > 0 ? 'loaded' : 'nothing' },
    { key: ROWS, value: totals.rows },
  ])
  return totals
}

function sum(one: BatchTotals, other: BatchTotals): BatchTotals {
  return { loaded: one.loaded + other.loaded, held: one.held + other.held, rows: one.rows + other.rows }
}
