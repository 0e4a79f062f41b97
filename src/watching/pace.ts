/** Of `every`, at most: somebody else's server is asked less often while nothing comes. */
const WIDEST = 4
const WIDER = 1.5
/** Of the pause, up or down: sources that were begun together are not asked together. */
const JITTER = 0.1
/** After a failed listing; doubled each time, up to `every`. */
const FIRST_RETRY_MS = 1_000

/** How long until the source is listed again. On this machine that is `every`; elsewhere it widens and narrows. */
export class Pace {
  readonly #everyMs: number
  readonly #remote: boolean
  readonly #random: () => number
  #factor = 1
  #retryMs = FIRST_RETRY_MS

  constructor(everyMs: number, { remote, random = Math.random }: { readonly remote: boolean; readonly random?: () => number }) {
    this.#everyMs = everyMs
    this.#remote = remote
    this.#random = random
  }

  /** Until the next listing, from the beginning of this one. */
  nextMs(): number {
    return this.#jittered(this.#everyMs * this.#factor)
  }

  listed({ news }: { readonly news: boolean }): void {
    this.#retryMs = FIRST_RETRY_MS
    if (this.#remote) this.#factor = news ? 1 : Math.min(WIDEST, this.#factor * WIDER)
  }

  /** Until a failed listing is tried again. `retryAfterMs`: what the server asks for, which it does when it is asked too often. */
  failedMs(retryAfterMs: number | undefined): number {
    const retryMs = this.#retryMs
    this.#retryMs = Math.min(retryMs * 2, Math.max(this.#everyMs, FIRST_RETRY_MS))
    if (retryAfterMs !== undefined) this.#factor = Math.min(WIDEST, this.#factor * 2)
    return this.#jittered(Math.max(retryMs, retryAfterMs ?? 0), retryAfterMs !== undefined)
  }

  #jittered(ms: number, onlyLonger = false): number {
    if (!this.#remote) return ms
    const part = onlyLonger ? this.#random() : 2 * this.#random() - 1
    return ms * (1 + JITTER * part)
  }
}
