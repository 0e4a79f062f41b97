/** So many names back from the last one: what is written late is mostly named like what is new. */
const LOOK_BACK = 500

/**
 * Where a listing in the order of names is begun, so that what was seen before is not listed each time; and when all of it is due, because a file
 * may come, or change, under an older name.
 */
export class Resumption {
  readonly #everyMs: number | undefined
  readonly #clock: { now(): number }
  #after: string | undefined
  #last: string[] = []
  #wholeAt = 0

  /** `everyMs`: between two listings of all; undefined where a listing cannot be resumed. The clock must be monotonic, in milliseconds. */
  constructor(everyMs: number | undefined, clock: { now(): number } = performance) {
    this.#everyMs = everyMs
    this.#clock = clock
  }

  /** The path that a listing now may begin after; undefined: all of it is to be listed. */
  get after(): string | undefined {
    return this.#everyMs === undefined || this.#clock.now() >= this.#wholeAt ? undefined : this.#after
  }

  /** What `after` says, whether or not all is due. */
  get mark(): string | undefined {
    return this.#after
  }

  /** A listing begins: of all, or after the path that `after` says. */
  begin({ whole }: { readonly whole: boolean }): void {
    this.#last = []
    if (whole) this.#after = undefined
  }

  /** The pages of that listing, one after the other. */
  listed(page: readonly { readonly path: string }[]): void {
    if (this.#everyMs === undefined) return
    this.#last.push(...page.map(({ path }) => path))
    const beyond = this.#last.length - LOOK_BACK
    if (beyond <= 0) return
    this.#after = this.#last[beyond - 1]
    this.#last = this.#last.slice(beyond)
  }

  /** A listing of all has come to its end. */
  swept(): void {
    this.#wholeAt = this.#clock.now() + (this.#everyMs ?? 0)
  }
}
