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
  #listing: { readonly whole: boolean; after: string | undefined; last: readonly string[] } | undefined
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

  /** Goes on where somebody else was, whose last listing of all ended so long ago. A time that cannot be makes all due. */
  goOn(after: string, sweptMsAgo: number): void {
    this.#after = after
    const everyMs = this.#everyMs ?? 0
    this.#wholeAt = sweptMsAgo >= 0 && sweptMsAgo < everyMs ? this.#clock.now() + everyMs - sweptMsAgo : 0
  }

  /** A listing begins: of all, or after the path that `after` says. */
  begin({ whole }: { readonly whole: boolean }): void {
    this.#listing = { whole, after: whole ? undefined : this.#after, last: [] }
  }

  /** The pages of that listing, one after the other. */
  listed(page: readonly { readonly path: string }[]): void {
    const listing = this.#listing
    if (this.#everyMs === undefined || listing === undefined) return
    const names = [...listing.last, ...page.map(({ path }) => path)]
    const beyond = Math.max(0, names.length - LOOK_BACK)
    listing.after = beyond === 0 ? listing.after : names[beyond - 1]
    listing.last = names.slice(beyond)
    // Until a listing of all has come to its end, what it has shown is known to nobody.
    if (!listing.whole) this.#after = listing.after
  }

  /** A listing of all has come to its end. */
  swept(): void {
    this.#after = this.#listing?.after
    this.#wholeAt = this.#clock.now() + (this.#everyMs ?? 0)
  }
}
