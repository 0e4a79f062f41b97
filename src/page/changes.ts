import type { LedgerReadings } from './ledger-readings.ts'
import type { ServerReadings } from './server-readings.ts'

/** The ledger's file is looked at from outside so often. */
const LOOK_EVERY_MS = 1_000
/** States come with the clock as well. */
const CLOCK_MS = 60_000

export type Change = 'ledger' | 'server'

/** Tells those who look that there is something new to be asked for. While nobody looks nothing is done. */
export class Changes implements Disposable {
  readonly #ledger: LedgerReadings
  readonly #server: ServerReadings
  readonly #listeners = new Set<(change: Change) => void>()
  #timer: NodeJS.Timeout | undefined
  #ledgerMark = ''
  #serverMark = ''
  #clockAt = 0

  constructor(ledger: LedgerReadings, server: ServerReadings) {
    this.#ledger = ledger
    this.#server = server
  }

  /** Until the answer is called. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    if (this.#timer === undefined) this.#lookAgain()
    return () => this.#listeners.delete(listener)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#listeners.clear()
  }

  #lookAgain(): void {
    this.#timer = setTimeout(() => void this.#look(), LOOK_EVERY_MS).unref()
  }

  async #look(): Promise<void> {
    const ledgerMark = await this.#ledger.mark()
    const isTime = performance.now() - this.#clockAt > CLOCK_MS
    if (isTime) this.#clockAt = performance.now()
    if (ledgerMark !== this.#ledgerMark || isTime || this.#ledger.takeIsBehind()) this.#tell('ledger')
    this.#ledgerMark = ledgerMark
    const serverMark = JSON.stringify(await this.#server.now())
    if (serverMark !== this.#serverMark) this.#tell('server')
    this.#serverMark = serverMark
    if (this.#listeners.size > 0) this.#lookAgain()
    else this.#timer = undefined
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change)
  }
}
