import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineSignal,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import { ROWS, STATUS } from '../src/names.ts'
import { bulkActivities, tellActivities } from './activity-options.ts'
import { tellOfFiles } from './tell-of-files.ts'

export interface ImportBatchInput {
  readonly pipeline: string
  /** The first pass also takes what is left alone after failures: a person asked. */
  readonly alsoPostponed?: boolean
  /** Carried by continue-as-new. */
  readonly totals?: BatchTotals
}

export interface BatchTotals {
  readonly loaded: number
  readonly held: number
  readonly rows: number
}

/** Asks a running batch for one more pass: who asks has news that its last one may not have seen. */
export const again = defineSignal('again')

/** Brings all partitions of a pipeline up to date. It ends after a pass with no outcome. */
export async function importBatch(input: ImportBatchInput): Promise<BatchTotals> {
  const { pipeline } = input
  let asked = true
  let alsoPostponed = input.alsoPostponed ?? false
  let totals = input.totals ?? { loaded: 0, held: 0, rows: 0 }
  setHandler(again, () => {
    asked = true
  })
  while (asked) {
    asked = false
    const pass = await bulkActivities(`load all of ${pipeline}`).loadBatchPass({ pipeline, alsoPostponed })
    alsoPostponed = false
    totals = { loaded: totals.loaded + pass.loaded, held: totals.held + pass.held, rows: totals.rows + pass.rows }
    if (pass.loaded + pass.held > 0) asked = true
    setCurrentDetails(`${totals.loaded} files loaded, ${totals.rows} rows, ${totals.held} held; ${pass.left} left for later`)
    const newlyHeld = pass.newlyHeld ?? pass.held
    if (newlyHeld > 0) {
      const reason = pass.reasons.join('\n')
      await tellActivities(`tell of ${newlyHeld} held files`).tell({ pipeline, what: 'held', count: newlyHeld, reason })
    }
    await tellOfFiles({ pipeline }, pass)
    if (asked && workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished)
      await continueAsNew<typeof importBatch>({ pipeline, totals })
    }
  }
  upsertSearchAttributes([
    { key: STATUS, value: totals.held > 0 ? 'held' : totals.loaded > 0 ? 'loaded' : 'nothing' },
    { key: ROWS, value: totals.rows },
  ])
  return totals
}
