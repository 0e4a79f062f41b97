/** What is done again and again takes this share of the time at most, however long it lasts. */
const SHARE = 1 / 20

/** Paces what is repeated: it may be done again after a least pause, or after twenty times of what it took. */
export class ShareOfTime {
  readonly #leastPauseMs: number
  #notBefore = 0

  constructor(leastPauseMs: number) {
    this.#leastPauseMs = leastPauseMs
  }

  isDue(): boolean {
    return performance.now() >= this.#notBefore
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    const started = performance.now()
    try {
      return await work()
    } finally {
      const ended = performance.now()
      this.#notBefore = ended + Math.max(this.#leastPauseMs, (ended - started) / SHARE)
    }
  }
}
