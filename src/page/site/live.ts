export interface LiveOptions {
  /** Something is new, or may be. */
  readonly changed: () => void
  readonly state: (text: string, isLost: boolean) => void
}

/** News that come together are asked for together. */
const GATHER_MS = 300

/** Hears of what is new. A page that nobody sees listens to nothing, and so costs nothing. */
export class Live {
  readonly #options: LiveOptions
  #stream: EventSource | undefined
  #soon: number | undefined

  constructor(options: LiveOptions) {
    this.#options = options
  }

  start(): void {
    document.addEventListener('visibilitychange', () => this.#follow())
    this.#follow()
  }

  #follow(): void {
    if (document.hidden) {
      this.#stream?.close()
      this.#stream = undefined
      return
    }
    if (this.#stream !== undefined) return
    const stream = new EventSource('/api/changes')
    stream.addEventListener('open', () => {
      this.#options.state('live', false)
      this.#changed() // whatever came while nobody listened
    })
    stream.addEventListener('error', () => this.#options.state('not connected: is `tidemark` still running?', true))
    for (const name of ['ledger', 'server']) stream.addEventListener(name, () => this.#changed())
    this.#stream = stream
  }

  #changed(): void {
    clearTimeout(this.#soon)
    this.#soon = setTimeout(() => this.#options.changed(), GATHER_MS)
  }
}
