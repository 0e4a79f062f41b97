import { ensureBegun } from '../loading/begin.ts'
import { loadBatch } from '../loading/load-batch.ts'
import type { LoadContext } from '../loading/load-files.ts'
import type { OpenPipeline } from '../loading/open-pipelines.ts'
import type { Run } from '../warehouse/claim.ts'
import type { Outcome } from '../warehouse/publication.ts'
import type { Warehouse, WorkOnPartition } from '../warehouse/warehouse.ts'
import { type Page, type PageRequest, planPage } from './plan-page.ts'
import type { BackfillRequest } from './request.ts'
import { add, NOTHING_YET, type Problem, type Tally } from './tally.ts'

/** Nothing of it leaves the process, so that a whole stretch is one page. */
const NO_LIMIT = { partitions: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }
/** A second pass finds what changed in the first, or what somebody else was just loading. */
const PASSES = 2

export interface TogetherRequest {
  readonly open: OpenPipeline
  readonly backfill: BackfillRequest
  /** When it was asked for, in milliseconds since 1970. */
  readonly at: number
  readonly run: Run
  readonly isOpen: (run: Run) => Promise<boolean>
  readonly progress: (tally: Tally, left: number) => void
  /** After this try nobody tries again soon. */
  readonly lastTry?: boolean
  readonly signal: AbortSignal
  readonly stretch?: number
}

/**
 * Loads many partitions in one transaction each batch. It may be stopped and called again for the same run at any time: what to do is found
 * by comparing, and what is done by the run's name in the ledger.
 */
export async function loadTogether(context: LoadContext, request: TogetherRequest): Promise<Tally> {
  const { open, run, signal } = request
  const { warehouse } = context
  await ensureBegun(context, request)
  const work = new Work(await warehouse.workOf(open.pipeline.name, run, signal))
  let counted = NOTHING_YET
  let page: Page | undefined
  do {
    page = await planPage(open, warehouse, pageRequest(request, page?.after, work.before), signal)
    counted = add(counted, page.counted)
    counted = add(
      counted,
      await loadPage(context, request, page, (left) => request.progress(add(counted, work.tally), left), work),
    )
  } while (page.after !== undefined)
  const done = new Work(await warehouse.workOf(open.pipeline.name, run, signal))
  return add(counted, done.tally)
}

function pageRequest(
  { backfill, at, stretch }: TogetherRequest,
  after: string | undefined,
  done: ReadonlySet<string>,
): PageRequest {
  return {
    ...backfill,
    at,
    after,
    limit: NO_LIMIT,
    isDone: (key) => done.has(key),
    ...(stretch === undefined ? {} : { stretch }),
  }
}

/** Answers what is neither loaded nor held then. */
async function loadPage(
  context: LoadContext,
  request: TogetherRequest,
  { partitions, left: later }: Page,
  progress: (left: number) => void,
  work: Work,
): Promise<Tally> {
  const { open, backfill, run, isOpen, lastTry = false, signal } = request
  const { name } = open.pipeline
  const places = new Map(partitions.map(({ key }, index) => [key, index]))
  const left = () => partitions.filter(({ key }) => !work.has(key)).length + later
  progress(left())
  if (partitions.length === 0) return NOTHING_YET
  const again = partitions.flatMap((partition) => partition.again)
  await context.warehouse.retryAll(name, again, retryOf(backfill, request.at), signal)
  for (let pass = 1; pass <= PASSES; pass++) {
    const { left: rest } = await loadBatch(
      { ...context, report: both(context.report, (outcomes) => work.see(outcomes)) },
      {
        open,
        run,
        alsoPostponed: true,
        lastTry,
        isOpen,
        progress: () => progress(left()),
        scope: {
          includes: (key) => places.has(key),
          ...(pass === 1 ? { listed: partitions.flatMap(({ files }) => files) } : {}),
          order: (one, other) => (places.get(one) ?? 0) - (places.get(other) ?? 0),
        },
        signal,
      },
    )
    if (rest === 0) return NOTHING_YET
  }
  return await restOf(
    context.warehouse,
    request,
    partitions.map(({ key }) => key).filter((key) => !work.has(key)),
  )
}

export function retryOf({ by }: BackfillRequest, at: number) {
  return { reason: 'backfill', by: by ?? null, at: new Date(at) }
}

function both(one: LoadContext['report'], other: NonNullable<LoadContext['report']>): NonNullable<LoadContext['report']> {
  return (outcomes, open) => {
    one?.(outcomes, open)
    other(outcomes, open)
  }
}

/** Somebody else may have loaded them; they may have failed, with a reason in the warehouse; or their files still change. */
async function restOf(warehouse: Warehouse, request: TogetherRequest, keys: readonly string[]): Promise<Tally> {
  const { open, at, signal } = request
  if (keys.length === 0) return NOTHING_YET
  const { pipeline } = request.backfill
  const now = await planPage(open, warehouse, { pipeline, partitions: keys, at, limit: NO_LIMIT, stretch: keys.length }, signal)
  const reasons = new Map((await warehouse.backoffs(open.pipeline.name)).map(({ key, error }) => [key, error]))
  const problems = now.partitions.map(({ key }): Problem => {
    const reason = reasons.get(key)
    return reason === undefined
      ? { partition: key, state: 'waiting', reason: 'its files still change, wait for others, or are just being loaded' }
      : { partition: key, state: 'failed', reason }
  })
  const failed = problems.filter(({ state }) => state === 'failed').length
  return add(now.counted, { failed, waiting: problems.length - failed, problems })
}

/** Which partitions a run has dealt with, in all of its tries. */
class Work {
  /** By the tries before this one. */
  readonly before: ReadonlySet<string>
  readonly #loaded = new Set<string>()
  readonly #held = new Map<string, string>()
  #rows = 0

  constructor(before: readonly WorkOnPartition[]) {
    this.before = new Set(before.map(({ key }) => key))
    for (const { key, rows, held } of before) {
      this.#rows += rows
      if (held === undefined) this.#loaded.add(key)
      else this.#held.set(key, held)
    }
  }

  see(outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) {
      if (outcome.verdict === 'held') this.#held.set(outcome.key, `${outcome.listed.path}: ${outcome.reason}`)
      else this.#loaded.add(outcome.key)
      if (outcome.verdict === 'good') this.#rows += outcome.rows
    }
  }

  has(key: string): boolean {
    return this.#loaded.has(key) || this.#held.has(key)
  }

  get tally(): Tally {
    const problems = [...this.#held].map(([partition, reason]): Problem => ({ partition, state: 'held', reason }))
    const loaded = [...this.#loaded].filter((key) => !this.#held.has(key)).length
    return add(NOTHING_YET, { loaded, rows: this.#rows, held: this.#held.size, problems })
  }
}
