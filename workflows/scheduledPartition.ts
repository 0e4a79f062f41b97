import {
  ApplicationFailure,
  ApplicationFailureCategory,
  ChildWorkflowFailure,
  rootCause,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common'
import {
  continueAsNew,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  setCurrentDetails,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import { PARTITION, PRIORITY, partitionId, ROWS, STATUS, type Status, searchAttributes } from '../src/names.ts'
import { lookActivities, shortActivities, tellActivities } from './activity-options.ts'
import { importPartition } from './importPartition.ts'
import { scheduledTime } from './scheduled-time.ts'

export interface ScheduledPartitionInput {
  readonly pipeline: string
  /** By continue-as-new: the tick, and what was done already. */
  readonly carried?: Carried
}

interface Carried {
  readonly tick: number
  readonly toldLate: boolean
  readonly askedBatch: boolean
  readonly pauseMs: number
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
const LONGEST_OPEN_PAUSE_MS = 60_000

/** Loads the last whole partition before the tick, waits durably for its file, tells when it is late, and ends as missing. */
export async function scheduledPartition(input: ScheduledPartitionInput): Promise<ScheduledPartitionResult> {
  const { pipeline } = input
  const tick = input.carried?.tick ?? scheduledTime()
  const plan = await shortActivities('find the partition of this tick').planTick({ pipeline, tick })
  const { partition } = plan
  if (partition === null) {
    if (plan.askBatch) await askForBatch(pipeline)
    return end(partition, 'nothing', 0, plan.reason)
  }
  upsertSearchAttributes([{ key: PARTITION, value: partition }])
  let { toldLate = false, askedBatch = !plan.askBatch, pauseMs = plan.pauseMs } = input.carried ?? {}

  let openPauseMs = OPEN_RUN_PAUSE_MS

  for (;;) {
    const attempt = await look(pipeline, partition)
    if (!askedBatch) await askForBatch(pipeline)
    askedBatch = true
    if (attempt.loadedRows !== undefined) return end(partition, 'loaded', attempt.loadedRows)
    if (attempt.held !== undefined) {
      end(partition, 'held', 0, attempt.held)
      throw benign('FileHeld', attempt.held)
    }

    // An answer of older code says nothing of it.
    if (plan.dayOff && !attempt.open) return end(partition, 'nothing', 0, attempt.reason ?? 'nothing is expected on that day')

    const now = Date.now()
    // What another run of this partition makes of its file decides, not the clock.
    if (now >= plan.missingAt && !attempt.open) {
      const reason = attempt.reason ?? `no file for partition ${partition} of ${pipeline} by ${timeOf(plan.missingAt)}`
      await tellActivities(`tell that ${partition} is missing`).tell({ pipeline, partition, what: 'missing', reason })
      end(partition, 'missing', 0, reason)
      throw benign('PartitionMissing', reason)
    }
    if (now >= plan.lateAt && now < plan.missingAt && !toldLate) {
      toldLate = true
      const reason = attempt.reason ?? `no file yet; expected by ${timeOf(plan.lateAt)}`
      await tellActivities(`tell that ${partition} is late`).tell({ pipeline, partition, what: 'late', reason })
    }
    show(partition, toldLate ? 'late' : 'waiting', attempt.reason)
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof scheduledPartition>({ pipeline, carried: { tick, toldLate, askedBatch, pauseMs } })
    }
    if (attempt.open) {
      await sleep(openPauseMs)
      openPauseMs = Math.min(openPauseMs * 2, LONGEST_OPEN_PAUSE_MS)
    } else {
      await sleep(Math.max(1, Math.min(pauseMs, (toldLate ? plan.missingAt : plan.lateAt) - Date.now()))) // telling took a moment
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    }
  }
}

/** What came of one look: rows that are loaded, a file that is held, or why neither is so yet. */
interface Attempt {
  readonly loadedRows?: number
  readonly held?: string
  /** Another run of this partition is open; it may have looked too early. */
  readonly open?: boolean
  /** None when there is no file. */
  readonly reason?: string | undefined
}

async function look(pipeline: string, partition: string): Promise<Attempt> {
  try {
    const { there } = await lookActivities(`look for ${partition}`).lookForPartition({ pipeline, partition })
    if (!there) return {}
  } catch (error) {
    if (isCancellation(error)) throw error
    return { reason: rootCause(error) }
  }
  show(partition, 'loading')
  try {
    const { state, rows, reason } = await executeChild(importPartition, {
      workflowId: partitionId(pipeline, partition),
      args: [{ pipeline, partition }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: searchAttributes(pipeline, 'schedule', 'loading', partition),
      priority: { priorityKey: PRIORITY.schedule },
      staticSummary: `import ${pipeline} ${partition}`,
    })
    return state === 'loaded' ? { loadedRows: rows } : { reason }
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { open: true, reason: 'another import of it is open' }
    if (!(error instanceof ChildWorkflowFailure)) throw error
    const { cause } = error
    if (cause instanceof ApplicationFailure && cause.type === 'FileHeld') return { held: cause.message }
    return { reason: rootCause(error) }
  }
}

/** Late and corrected files of earlier days: asked for, not waited for. */
async function askForBatch(pipeline: string): Promise<void> {
  await shortActivities('ask for late and corrected files').askForBatch({ pipeline })
}

function end(partition: string | null, state: Status, rows: number, reason?: string): ScheduledPartitionResult {
  show(partition, state, reason ?? (state === 'loaded' ? `${rows} rows` : undefined))
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

const timeOf = (instant: number) => new Date(instant).toISOString()
