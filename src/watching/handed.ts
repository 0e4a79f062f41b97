const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 60_000

/**
 * What was handed out and came back as it was: its import ended without a word in the ledger, because the ledger could not be written.
 * It is handed out again after a pause, longer each time, so that the two do not chase each other.
 */
export class Handed {
  readonly #last = new Map<string, { fingerprints: string; pauseMs: number; due: number }>()

  hand(key: string, fingerprints: string): void {
    const last = this.#last.get(key)
    const pauseMs = last?.fingerprints === fingerprints ? Math.min(last.pauseMs * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS
    this.#last.set(key, { fingerprints, pauseMs, due: performance.now() + pauseMs })
  }

  has(key: string): boolean {
    return this.#last.has(key)
  }

  isDue(key: string): boolean {
    return performance.now() >= (this.#last.get(key)?.due ?? 0)
  }

  /** Until the first of these may be handed out again; infinite when none waits. Forgets what is no longer pending. */
  nextDueMs(pending: Iterable<{ readonly key: string }>): number {
    const keys = new Set([...pending].map(({ key }) => key))
    let next = Number.POSITIVE_INFINITY
    for (const [key, { due }] of this.#last) {
      if (!keys.has(key)) this.#last.delete(key)
      else if (due > performance.now()) next = Math.min(next, due - performance.now())
    }
    return next
  }
}
