import type { Listed } from './source.ts'

/** What one process may tell another about a file that has not settled: a duration, since their clocks do not agree. */
export interface Sighting {
  readonly path: string
  readonly fingerprint: string
  readonly watchedMs: number
  /** How long the path has been there, with whatever fingerprint; `watchedMs` when it is not told. */
  readonly seenMs?: number
}

interface Seen {
  readonly fingerprint: string
  /** When this fingerprint was seen first, by our clock; moved back by what another process saw before. */
  readonly since: number
  /** From its first look to its last: time in which nobody looked proves nothing. */
  readonly watchedMs: number
  /** When the path was seen first, with whatever fingerprint. */
  readonly firstSeen: number
}

/** What Tidemark itself observed of files that have not settled, never a file's own times against a clock. */
export class Sightings {
  readonly #clock: { now(): number }
  readonly #seen = new Map<string, Seen>()

  /** The clock must be monotonic, in milliseconds. */
  constructor(clock: { now(): number } = performance) {
    this.#clock = clock
  }

  /** Records a look, to be called as soon as the file was listed; how long this very fingerprint has been watched. */
  see({ path, fingerprint }: Pick<Listed, 'path' | 'fingerprint'>): number {
    const now = this.#clock.now()
    const seen = this.#seen.get(path)
    const since = seen?.fingerprint === fingerprint ? seen.since : now
    this.#seen.set(path, { fingerprint, since, watchedMs: now - since, firstSeen: seen?.firstSeen ?? now })
    return now - since
  }

  /** Takes over what was seen elsewhere. Own looks win: another fingerprint is ignored, a shorter time changes nothing. */
  seed({ path, fingerprint, watchedMs, seenMs = watchedMs }: Sighting): void {
    const now = this.#clock.now()
    const before = now - Math.max(0, watchedMs)
    const seen = this.#seen.get(path) ?? { fingerprint, since: before, watchedMs: 0, firstSeen: before }
    const firstSeen = Math.min(seen.firstSeen, now - Math.max(0, seenMs))
    if (seen.fingerprint !== fingerprint) {
      this.#seen.set(path, { ...seen, firstSeen })
      return
    }
    this.#seen.set(path, {
      fingerprint,
      since: Math.min(seen.since, before),
      watchedMs: Math.max(seen.watchedMs, watchedMs),
      firstSeen,
    })
  }

  /** The same fingerprint in two recorded looks at least `settleMs` apart; at 0 the look that found `listed` is enough. */
  isSettled({ path, fingerprint }: Pick<Listed, 'path' | 'fingerprint'>, settleMs: number): boolean {
    const seen = this.#seen.get(path)
    return (seen?.fingerprint === fingerprint ? seen.watchedMs : 0) >= settleMs
  }

  /** How long to wait for the look that may settle it; 0 when it has settled. */
  settlesInMs({ path, fingerprint }: Pick<Listed, 'path' | 'fingerprint'>, settleMs: number): number {
    const seen = this.#seen.get(path)
    if (seen?.fingerprint !== fingerprint) return settleMs
    return seen.watchedMs >= settleMs ? 0 : Math.max(0, seen.since + settleMs - this.#clock.now())
  }

  /** For what is up to date: only what has not settled need be remembered. */
  forget(path: string): void {
    this.#seen.delete(path)
  }

  /** After a complete sweep: forgets what it did not find. */
  forgetAllBut(paths: { has(path: string): boolean }): void {
    for (const path of this.#seen.keys()) if (!paths.has(path)) this.#seen.delete(path)
  }

  /** The `n` watched for longest, which lose most when they must settle anew. */
  oldest(n: number): Sighting[] {
    const now = this.#clock.now()
    return [...this.#seen]
      .map(([path, { fingerprint, watchedMs, firstSeen }]) => ({ path, fingerprint, watchedMs, seenMs: now - firstSeen }))
      .sort((a, b) => b.watchedMs - a.watchedMs)
      .slice(0, n)
  }

  /** How long the path has been there at all, however often it changed; undefined when it was never seen. */
  firstSeenMsAgo(path: string): number | undefined {
    const seen = this.#seen.get(path)
    return seen === undefined ? undefined : this.#clock.now() - seen.firstSeen
  }
}
