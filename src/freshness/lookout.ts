import { setTimeout as delay } from 'node:timers/promises'
import type { UntoldOverdue } from './untold-overdue.ts'

/** Between two looks when nothing is to become overdue sooner: the ledger may have changed by other hands. */
const LONGEST_MS = 600_000
/** While something is overdue, or a look has failed. */
const AGAIN_MS = 60_000
/** What is overdue is told when it still is so much later: an import that begins, or the run of its tick, may be faster. */
const CONFIRM_MS = 10_000

export interface LookoutOptions {
  /** What is overdue and was not told. */
  readonly look: (signal: AbortSignal) => Promise<UntoldOverdue>
  /** Has people told. */
  readonly tell: () => Promise<void>
  /** Whether the source has been looked through, so that what is there by now is known. */
  readonly isReady: () => boolean
  readonly confirmMs?: number
  readonly now?: () => number
}

/**
 * Looks for what becomes late or missing by the clock, whoever was to bring it: a schedule may be paused or gone, a tick lost. It keeps nothing
 * that matters: what was told is in the ledger, and the telling is a workflow. So it may end and begin at any time, in any number of workers, and while
 * nothing is overdue it costs the server nothing.
 */
export class Lookout implements AsyncDisposable {
  readonly #options: LookoutOptions
  readonly #ending = new AbortController()
  readonly #ended: Promise<void>

  constructor(options: LookoutOptions) {
    this.#options = options
    this.#ended = this.#run().catch(() => undefined) // it ends by being aborted
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending
    const { confirmMs = CONFIRM_MS } = this.#options
    for (let waited = 0; !this.#options.isReady() && waited < LONGEST_MS; waited += confirmMs)
      await delay(confirmMs, undefined, { signal })
    let before: ReadonlySet<string> = new Set()
    for (;;) {
      const { pauseMs, seen } = await this.#look(before)
      before = seen
      await delay(pauseMs, undefined, { signal })
    }
  }

  async #look(before: ReadonlySet<string>): Promise<{ readonly pauseMs: number; readonly seen: ReadonlySet<string> }> {
    const { look, tell, confirmMs = CONFIRM_MS, now = Date.now } = this.#options
    try {
      const { overdue, changesMs, isAwaited } = await look(this.#ending.signal)
      const seen = new Set(overdue.map(({ subject, state }) => `${subject} ${state}`))
      const isConfirmed = [...seen].some((one) => before.has(one))
      if (isConfirmed) await tell()
      else if (seen.size > 0) return { pauseMs: confirmMs, seen }
      const untilMs = (changesMs ?? Number.POSITIVE_INFINITY) - now()
      return { pauseMs: Math.min(Math.max(untilMs, confirmMs), isAwaited ? AGAIN_MS : LONGEST_MS), seen }
    } catch {
      // A warehouse or server that is away is told by those who work with it; here the next look makes up for this one.
      return { pauseMs: AGAIN_MS, seen: before }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort()
    await this.#ended
  }
}
