import { EventEmitter } from 'node:events'
import { messageOf } from '../errors.ts'
import type { Source } from '../sources/source.ts'

/** A burst is looked at together: listing once is cheaper than a look at each. */
const MOST_HINTS = 1_000
/** How long it leaves a source alone that could not be watched. */
const REWATCH_MS = 30_000

/** Where to look, from the source's own events. A hint is no truth: the sweep is. */
export class Hints implements AsyncDisposable {
  readonly #source: Source
  readonly #events = new EventEmitter()
  #paths = new Set<string>()
  #anything = false
  #watch: AsyncDisposable | undefined
  #rewatchAt = 0
  /** Why only the listing is left, when it is. */
  notWatching: string | undefined

  constructor(source: Source) {
    this.#source = source
  }

  /** Starts to watch, when that is not so already and has not failed just now. */
  async watch(): Promise<void> {
    if (this.#source.watch === undefined || this.#watch !== undefined || performance.now() < this.#rewatchAt) return
    this.#rewatchAt = performance.now() + REWATCH_MS
    try {
      this.#watch = await this.#source.watch({ hint: (path) => this.add(path), failed: (reason) => this.#failed(reason) })
      this.notWatching = undefined
    } catch (error) {
      this.#failed(messageOf(error))
    }
  }

  add(path: string | undefined): void {
    if (path === undefined || this.#paths.size >= MOST_HINTS) this.#anything = true
    else this.#paths.add(path)
    this.#events.emit('hint')
  }

  take(): 'anything' | readonly string[] {
    const taken = this.#anything ? 'anything' : [...this.#paths]
    this.#paths = new Set()
    this.#anything = false
    return taken
  }

  /** Resolves at a hint, or after a while; rejects when the signal aborts. Nothing of it stays on a signal that lives long. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#anything || this.#paths.size > 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        this.#events.off('hint', end)
        if (signal.aborted) reject(signal.reason)
        else resolve()
      }
      const timer = setTimeout(end, ms)
      signal.addEventListener('abort', end)
      this.#events.on('hint', end)
      if (signal.aborted) end()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watch?.[Symbol.asyncDispose]()
    this.#watch = undefined
  }

  #failed(reason: string): void {
    this.#watch = undefined
    this.notWatching = reason
  }
}
