import {
  ActivityFailure,
  ApplicationFailure,
  ApplicationFailureCategory,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common'
import {
  ChildWorkflowFailure,
  continueAsNew,
  executeChild,
  ParentClosePolicy,
  setCurrentDetails,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type { DecisionState } from '../activities/readDecision.ts'
import { PARTITION, PRIORITY, partitionId, ROWS, STATUS, searchAttributes } from '../src/names.ts'
import type { Decision } from '../src/warehouse/decision.ts'
import { shortActivities } from './activity-options.ts'
import { importPartition } from './importPartition.ts'
import { nameStarter } from './name-starter.ts'

export interface ActOnFileInput {
  readonly pipeline: string
  /** As the source lists it. */
  readonly path: string
  readonly action: Decision
  /** The version that was looked at; a release needs it. */
  readonly fingerprint?: string
  /** Why; a release needs it. */
  readonly reason?: string
  /** Who. */
  readonly by?: string
  /** By continue-as-new: the decision is made already. */
  readonly opened?: { readonly partition: string; readonly at: number }
}

export interface ActOnFileResult extends Omit<DecisionState, 'open'> {
  readonly pipeline: string
  readonly path: string
  readonly action: Decision
}

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** Writes a person's decision on a file into the ledger, and brings its partition up to date until it is carried out. */
export async function actOnFile(input: ActOnFileInput): Promise<ActOnFileResult> {
  const { pipeline, path, action } = input
  nameStarter(pipeline)
  const { partition, at } = input.opened ?? (await decide(input))
  upsertSearchAttributes([{ key: PARTITION, value: partition }])
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    await bringUpToDate(pipeline, partition)
    const { open, ...state } = await shortActivities(`look what came of ${path}`).readDecision({ pipeline, path, action })
    if (!open) return end({ pipeline, path, action, ...state })
    setCurrentDetails(`${action} ${path}: **waiting**\n\n${state.reason ?? 'its partition could not be loaded yet'}`)
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof actOnFile>({ ...input, opened: { partition, at } })
    await sleep(pauseMs)
  }
}

async function decide(input: ActOnFileInput) {
  const at = workflowInfo().startTime.getTime()
  try {
    return { at, ...(await shortActivities(`decide to ${input.action} ${input.path}`).decide({ ...input, at })) }
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : undefined
    if (!(cause instanceof ApplicationFailure) || cause.type !== 'UsageError') throw error
    throw ApplicationFailure.create({
      type: 'UsageError',
      message: cause.message,
      nonRetryable: true,
      category: ApplicationFailureCategory.BENIGN,
    })
  }
}

/** How it ends is for the ledger to say: a run that is open may have looked too early, and a held file fails its run. */
async function bringUpToDate(pipeline: string, partition: string): Promise<void> {
  try {
    await executeChild(importPartition, {
      workflowId: partitionId(pipeline, partition),
      args: [{ pipeline, partition }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: searchAttributes(pipeline, 'manual', 'loading', partition),
      priority: { priorityKey: PRIORITY.person },
      staticSummary: `import ${pipeline} ${partition}`,
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError || error instanceof ChildWorkflowFailure)) throw error
  }
}

function end(result: ActOnFileResult): ActOnFileResult {
  const { path, action, status, rows, reason } = result
  upsertSearchAttributes([
    { key: STATUS, value: status === 'loaded' || status === 'held' ? status : 'nothing' },
    { key: ROWS, value: rows },
  ])
  setCurrentDetails(`${action} ${path}: **${status}**, ${rows} rows${reason === null ? '' : `\n\n${reason}`}`)
  return result
}
