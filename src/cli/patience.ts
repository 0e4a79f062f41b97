/** A file that is not up to date, as a survey finds it. */
export interface Waiting {
  readonly path: string
  readonly fingerprint: string
}

/** How long a sensor has for a file that has settled. After a `kill -9` the server takes its last turn for one that goes on, and it is deaf. */
const SENSOR_PATIENCE_MS = 5_000
/** A file that has not settled after this many times `settle` is still being written: it is told, not waited for. */
const SETTLES = 10
/** Below this a short `settle` would leave no time for the load itself. */
const LEAST_PATIENCE_MS = 10_000

interface Watched {
  readonly since: number
  readonly fingerprint: string
  /** When it was seen with this fingerprint first. */
  readonly sameSince: number
}

/**
 * Which files `up --once` still waits for. One has so long, however it changes. One that has waited behind an open import of its
 * partition has some time more after its end, unless it goes on changing: else a file that grows for ever would keep it for ever.
 */
export class Patience {
  readonly #settleMs: number
  readonly #sensorMs: number
  readonly #now: () => number
  #watched = new Map<string, Watched>()
  readonly #asked = new Map<string, string>()
  #busyUntil = Number.NEGATIVE_INFINITY

  /** Without a sensor nobody takes a file unasked. */
  constructor(settleMs: number, sensor: boolean, now: () => number = () => performance.now()) {
    this.#settleMs = settleMs
    this.#sensorMs = sensor ? settleMs + SENSOR_PATIENCE_MS : Number.NEGATIVE_INFINITY
    this.#now = now
  }

  /** To be told at each look; `busy`: whether an import or a batch is open. Which of the files are waited for, and which nobody took. */
  look(
    files: readonly Waiting[],
    busy: boolean,
  ): { readonly waitedFor: readonly Waiting[]; readonly neglected: readonly Waiting[] } {
    const now = this.#now()
    if (busy) this.#busyUntil = now
    this.#watched = new Map(files.map((file) => [file.path, this.#see(file, now)]))
    const waitedFor = files.filter((file) => busy || this.#isNew(file, now) || this.#hasBeenBehind(file, now))
    return { waitedFor, neglected: waitedFor.filter((file) => this.#isNeglected(file, now)) }
  }

  /** Who asks in vain once for a file that stays as it is need not ask again when its time is over. */
  asked(files: readonly Waiting[]): void {
    for (const { path, fingerprint } of files) this.#asked.set(path, fingerprint)
  }

  #see({ path, fingerprint }: Waiting, now: number): Watched {
    const before = this.#watched.get(path)
    return {
      since: before?.since ?? now,
      fingerprint,
      sameSince: before?.fingerprint === fingerprint ? before.sameSince : now,
    }
  }

  #isNew({ path }: Waiting, now: number): boolean {
    return now - (this.#watched.get(path)?.since ?? now) < Math.max(SETTLES * this.#settleMs, LEAST_PATIENCE_MS)
  }

  #hasBeenBehind({ path }: Waiting, now: number): boolean {
    const { sameSince } = this.#watched.get(path) ?? { sameSince: now }
    if (sameSince > this.#busyUntil + this.#settleMs) return false
    return now - Math.max(this.#busyUntil, sameSince) < this.#settleMs + 2 * SENSOR_PATIENCE_MS
  }

  #isNeglected(file: Waiting, now: number): boolean {
    if (!this.#isNew(file, now) && this.#asked.get(file.path) === file.fingerprint) return false
    const { since } = this.#watched.get(file.path) ?? { since: now }
    return now - since > this.#sensorMs
  }
}
