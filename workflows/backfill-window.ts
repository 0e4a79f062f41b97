import { ApplicationFailure, ChildWorkflowFailure, rootCause, WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  patched,
  sleep,
  workflowInfo,
} from '@temporalio/workflow'
import { CONCURRENCY } from '../src/backfilling/request.ts'
import type { Counts } from '../src/backfilling/tally.ts'
import { PRIORITY, partitionId, searchAttributes } from '../src/names.ts'
import { planActivities, shortActivities } from './activity-options.ts'
import type { BackfillCourse } from './backfill-course.ts'
import type { BackfillInput, BackfillResult } from './backfill-state.ts'
import { importPartition } from './importPartition.ts'
import { tellOfFiles } from './tell-of-files.ts'

/** A new run begins after this many partitions, so that a history stays small: each takes about ten events. */
const PARTITIONS_A_RUN = 300
/** How soon it asks again where another run of a partition is open. */
const OPEN_RUN_PAUSE_MS = 2_000
const LONGEST_OPEN_PAUSE_MS = 60_000

/** A run for each partition, and so many of them open at once. */
export async function eachByItself(input: BackfillInput, course: BackfillCourse): Promise<void> {
  const window = new Window(input, course)
  try {
    await window.run()
  } finally {
    // Also when it is cancelled: its children were asked to end, and have not yet.
    await CancellationScope.nonCancellable(async () => {
      await window.drained()
      await window.tell()
    })
  }
}

class Window {
  readonly #input: BackfillInput
  readonly #course: BackfillCourse
  readonly #concurrency: number
  readonly #children = new Set<Promise<void>>()
  /** Otherwise each partition's own run tells, as those did that older code has started. */
  readonly #tellsTogether = patched('tells-together')
  #started = 0
  #untold = false
  #planning = false
  #failure: unknown

  constructor(input: BackfillInput, course: BackfillCourse) {
    this.#input = input
    this.#course = course
    this.#concurrency = input.concurrency ?? CONCURRENCY
  }

  async run(): Promise<void> {
    const course = this.#course
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure
      if (this.#mayStart && course.more && !this.#planning && course.queue.length < this.#concurrency) this.#plan()
      while (this.#mayStart && course.open < this.#concurrency) {
        const partition = course.queue.shift()
        if (partition === undefined) break
        this.#start(partition)
      }
      if (course.open === 0 && course.paused && this.#untold) {
        await this.tell() // it may stay so for days
        continue // much may have changed meanwhile
      }
      if (course.open === 0 && !this.#planning) {
        if (course.queue.length === 0 && !course.more) return
        if (this.#isRolling) await this.#roll()
      }
      await course.nextChange()
    }
  }

  async drained(): Promise<void> {
    while (this.#children.size > 0) await Promise.all(this.#children)
  }

  /** One word for many partitions: hundreds that were missing may have come at once. */
  async tell(): Promise<void> {
    if (!this.#untold) return
    const { pipeline } = this.#input
    await tellOfFiles({ pipeline }, await shortActivities(`find what to tell of ${pipeline}`).findUntold(pipeline))
    this.#untold = false // not before: a telling that is cancelled is made up for at the end
  }

  /** No more is started, so that this run can end when what is open has ended. */
  get #isRolling(): boolean {
    return this.#failure !== undefined || this.#started >= PARTITIONS_A_RUN || workflowInfo().continueAsNewSuggested
  }

  get #mayStart(): boolean {
    return !this.#course.paused && !this.#isRolling
  }

  async #roll(): Promise<never> {
    await this.tell()
    await condition(allHandlersFinished)
    const { carried: _, ...request } = this.#input
    return await continueAsNew<(input: BackfillInput) => Promise<BackfillResult>>({ ...request, carried: this.#course.carried })
  }

  #plan(): void {
    this.#planning = true
    this.#keep(async () => {
      const { carried: _, ...request } = this.#input
      const course = this.#course
      try {
        const page = await planActivities('find what is not up to date').planBackfill({
          ...request,
          at: course.at,
          after: course.after,
        })
        course.queue.push(...page.partitions)
        course.after = page.after
        course.more = page.after !== null
        course.count(page.counted)
        course.expect(page.left)
      } finally {
        this.#planning = false
      }
    })
  }

  #start(partition: string): void {
    this.#started += 1
    this.#untold = this.#tellsTogether
    this.#course.opened()
    this.#keep(async () => {
      try {
        await this.#bringUpToDate(partition)
      } finally {
        this.#course.closed()
      }
    })
  }

  /** What fails is thrown by who waits for it; what is open then is waited for. */
  #keep(work: () => Promise<void>): void {
    const kept: Promise<void> = work()
      .catch((error: unknown) => {
        this.#failure ??= error
        this.#course.changed()
      })
      .then(() => {
        this.#children.delete(kept)
      })
    this.#children.add(kept)
  }

  async #bringUpToDate(partition: string): Promise<void> {
    for (let pauseMs = OPEN_RUN_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_OPEN_PAUSE_MS)) {
      const counts = await load(this.#input.pipeline, partition, this.#tellsTogether)
      if (counts !== 'open elsewhere') return this.#course.count(counts)
      await sleep(pauseMs)
      await condition(() => !this.#course.paused || this.#isRolling)
      if (this.#isRolling) {
        this.#course.queue.unshift(partition)
        return
      }
    }
  }
}

async function load(pipeline: string, partition: string, toldByStarter: boolean): Promise<Counts | 'open elsewhere'> {
  try {
    const {
      state,
      rows,
      reason = '',
    } = await executeChild(importPartition, {
      workflowId: partitionId(pipeline, partition),
      args: [{ pipeline, partition, ...(toldByStarter ? { toldByStarter } : {}) }],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      typedSearchAttributes: searchAttributes(pipeline, 'backfill', 'loading', partition),
      priority: { priorityKey: PRIORITY.backfill },
      staticSummary: `import ${pipeline} ${partition}`,
    })
    if (state === 'loaded') return { loaded: 1, rows }
    if (state === 'nothing') return { missing: 1 }
    return { waiting: 1, problems: [{ partition, state: 'waiting', reason }] }
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'open elsewhere'
    // One of them may have been cancelled by a person: that ends no other.
    if (CancellationScope.current().consideredCancelled || !(error instanceof ChildWorkflowFailure)) throw error
    const { cause } = error
    if (cause instanceof ApplicationFailure && cause.type === 'FileHeld')
      return { held: 1, problems: [{ partition, state: 'held', reason: cause.message }] }
    const reason = isCancellation(error) ? 'its import was cancelled' : (rootCause(error) ?? 'its import was ended')
    return { failed: 1, problems: [{ partition, state: 'failed', reason }] }
  }
}
