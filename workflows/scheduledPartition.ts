import {
  ApplicationFailure,
  ApplicationFailureCategory,
  ChildWorkflowFailure,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common'
import {
  continueAsNew,
  executeChild,
  ParentClosePolicy,
  setCurrentDetails,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type { PartitionState } from '../src/loading/load-partition.ts'
import { PARTITION, PRIORITY, partitionId, ROWS, STATUS, type Status, searchAttributes } from '../src/names.ts'
import { shortActivities } from './activity-options.ts'
import { importPartition } from './importPartition.ts'
import { scheduledTime } from './scheduled-time.ts'

export interface ScheduledPartitionInput {
  readonly pipeline: string
  /** Carried by continue-as-new: what was done already. */
  readonly carried?: { readonly toldLate: boolean; readonly askedBatch: boolean; readonly pauseMs: number }
}

export interface ScheduledPartitionResult {
  readonly partition: string | null
  readonly state: Status
  readonly rows: number
}

/** The longest pause between two looks. */
const LONGEST_PAUSE_MS = 600_000
/** How soon it asks again where another run of its partition is open. */
const OPEN_RUN_PAUSE_MS = 2_000

/** Loads the last whole partition before the tick, waits durably for its file, tells when it is late, and ends as missing. */
export async function scheduledPartition(input: ScheduledPartitionInput): Promise<ScheduledPartitionResult> {
  const { pipeline } = input
  const tick = scheduledTime()
  const plan = await shortActivities('find the partition of this tick').planTick({ pipeline, tick })
  const { partition } = plan
  if (partition === null) {
    if (plan.askBatch) await askForBatch(pipeline)
    return end(partition, 'nothing', 0, plan.reason)
  }
  upsertSearchAttributes([{ key: PARTITION, value: partition }])
  let { toldLate = false, askedBatch = false, pauseMs = plan.pauseMs } = input.carried ?? {}
  let failure: Error | undefined

  for (;;) {
    const attempt = await look(pipeline, partition)
    if (attempt.state?.state === 'loaded') {
      if (plan.askBatch && !askedBatch) await askForBatch(pipeline)
      return end(partition, 'loaded', attempt.state.rows)
    }
    if (plan.askBatch && !askedBatch) await askForBatch(pipeline)
    askedBatch = true
    if (attempt.held !== undefined) {
      end(partition, 'held', 0, attempt.held)
      throw benign('FileHeld', attempt.held)
    }
    failure = attempt.failure

    const now = Date.now()
    if (now >= plan.missingAt) {
      const reason =
        failure?.message ?? `no file for partition ${partition} of ${pipeline} by ${new Date(plan.missingAt).toISOString()}`
      await shortActivities(`tell that ${partition} is missing`).tell({ pipeline, partition, what: 'missing', reason })
      end(partition, 'missing', 0, reason)
      throw benign('PartitionMissing', reason)
    }
    if (now >= plan.lateAt && !toldLate) {
      toldLate = true
      const reason = failure?.message ?? `no file yet; expected by ${new Date(plan.lateAt).toISOString()}`
      await shortActivities(`tell that ${partition} is late`).tell({ pipeline, partition, what: 'late', reason })
    }
    show(partition, toldLate ? 'late' : 'waiting', failure?.message)
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof scheduledPartition>({ pipeline, carried: { toldLate, askedBatch, pauseMs } })
    }
    const nextMark = toldLate ? plan.missingAt : plan.lateAt
    await sleep(Math.max(1, Math.min(attempt.open ? OPEN_RUN_PAUSE_MS : pauseMs, nextMark - now)))
    if (!attempt.open) pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
  }
}

interface Attempt {
  readonly state?: PartitionState
  readonly held?: string
  /** Another run of this partition is open; it may have looked too early. */
  readonly open?: boolean
  readonly failure?: Error
}

async function look(pipeline: string, partition: string): Promise<Attempt> {
  const { there } = await shortActivities(`look for ${partition}`).lookForPartition({ pipeline, partition })
  if (!there) return {}
  show(partition, 'loading')
  try {
    return {
      state: await executeChild(importPartition, {
        workflowId: partitionId(pipeline, partition),
        args: [{ pipeline, partition }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        typedSearchAttributes: searchAttributes(pipeline, 'schedule', 'loading', partition),
        priority: { priorityKey: PRIORITY.schedule },
        staticSummary: `import ${pipeline} ${partition}`,
      }),
    }
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { open: true }
    if (!(error instanceof ChildWorkflowFailure)) throw error
    const { cause } = error
    if (cause instanceof ApplicationFailure && cause.type === 'FileHeld') return { held: cause.message }
    return { failure: cause ?? error }
  }
}

/** Late and corrected files of earlier days: asked for, not waited for. */
async function askForBatch(pipeline: string): Promise<void> {
  await shortActivities('ask for late and corrected files').askForBatch({ pipeline })
}

function end(partition: string | null, state: Status, rows: number, reason?: string): ScheduledPartitionResult {
  show(partition, state, reason)
  upsertSearchAttributes([{ key: ROWS, value: rows }])
  return { partition, state, rows }
}

function show(partition: string | null, state: Status, reason?: string): void {
  upsertSearchAttributes([{ key: STATUS, value: state }])
  setCurrentDetails(`${partition ?? 'no partition'}: **${state}**${reason === undefined ? '' : `\n\n${reason}`}`)
}

function benign(type: 'FileHeld' | 'PartitionMissing', message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true, category: ApplicationFailureCategory.BENIGN })
}
