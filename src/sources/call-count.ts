const SLICE_MS = 60_000
const SLICES = 60

/** How many requests went to a server, in the last hour, by the minute. */
export class CallCount {
  readonly #clock: { now(): number }
  readonly #since: number
  /** The newest at the end: the minute's number, and what was counted in it. */
  #slices: { minute: number; calls: number }[] = []

  /** The clock must be monotonic, in milliseconds. */
  constructor(clock: { now(): number } = performance) {
    this.#clock = clock
    this.#since = clock.now()
  }

  add(calls = 1): void {
    const minute = this.#minute()
    const last = this.#slices.at(-1)
    if (last?.minute === minute) last.calls += calls
    else this.#slices = [...this.#slices.filter((slice) => slice.minute > minute - SLICES), { minute, calls }]
  }

  lastHour(): number {
    const minute = this.#minute()
    return this.#slices.reduce((sum, slice) => (slice.minute > minute - SLICES ? sum + slice.calls : sum), 0)
  }

  #minute(): number {
    return Math.floor((this.#clock.now() - this.#since) / SLICE_MS)
  }
}
