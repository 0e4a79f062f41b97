import { messageOf, TidemarkError } from '../errors.ts'
import { type Candidate, inWindow, notUpToDate } from '../loading/candidate.ts'
import { byKey } from '../loading/judge.ts'
import type { OpenPipeline } from '../loading/open-pipelines.ts'
import { postponedKeys } from '../loading/postponed.ts'
import { sweep } from '../loading/sweep.ts'
import { MAX_KEY_BYTES } from '../partitions/keys.ts'
import type { Sighting } from '../sources/sightings.ts'
import type { Listed } from '../sources/source.ts'
import { statAll } from '../sources/stat-all.ts'
import { unlessAborted } from '../unless-aborted.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { Gathering } from './gathering.ts'
import { Handed } from './handed.ts'
import { Hints } from './hints.ts'
import { Owed } from './owed.ts'
import { type Look, NOTHING, type Readiness, type SweepReport } from './readiness.ts'
import { fingerprintOf, readyPartition } from './ready-partition.ts'
import { suspectedKeys, suspectsByKey } from './suspects.ts'

export type { Readiness }

/** More partitions than this at once are a batch's work. */
export const MOST_AT_ONCE = 20
/** So many files are watched one by one; of a larger crowd the others are left to the batch that it is for. */
const MOST_PENDING = 20_000
/** After a failed listing; doubled each time, up to `every`. */
const FIRST_RETRY_MS = 1_000

/**
 * What a process knows of one source, across the turns of its sensor. It only reads: what has settled and is not up to date is handed
 * out, and stays pending until the ledger says that it is.
 */
export class Watcher implements AsyncDisposable {
  readonly #open: OpenPipeline
  readonly #warehouse: Warehouse
  readonly everyMs: number
  readonly hints: Hints
  readonly #handed = new Handed()
  readonly #gathering: Gathering
  readonly #ended = new AbortController()
  #looking: Promise<void> | undefined
  #pending: Map<string, Candidate> = new Map()
  /** There are so many that not all of them are pending: a batch finds them itself. */
  #more = false
  readonly #owed: Owed
  #sweepDue = 0
  #retryMs = FIRST_RETRY_MS
  lastSweep: SweepReport | undefined
  failing: string | null = null

  constructor(open: OpenPipeline, warehouse: Warehouse, everyMs: number) {
    this.#open = open
    this.#warehouse = warehouse
    this.everyMs = everyMs
    this.hints = new Hints(open.source)
    this.#owed = new Owed(open, warehouse)
    this.#gathering = new Gathering(open, warehouse)
  }

  get unsettled(): number {
    return this.#pending.size
  }

  sightings(most: number): Sighting[] {
    return this.#open.sightings.oldest(most)
  }

  sweepSoon(): void {
    this.#sweepDue = 0
  }

  /**
   * Looks, by a sweep when one is due, else only at what was hinted or has not settled; then answers what is ready.
   * What cannot be reached makes it `failing`, which is an answer too. A look goes on when the turn that asked for it ends early: else
   * signals that keep coming would never let a long sweep end.
   */
  async look(request: Look): Promise<Readiness> {
    request.signal.throwIfAborted()
    this.#looking ??= this.#update().finally(() => {
      this.#looking = undefined
    })
    await unlessAborted(this.#looking, request.signal)
    const ready = this.#orFailing(() => this.#ready(request))
    return (await unlessAborted(ready, request.signal)) ?? NOTHING
  }

  async #update(): Promise<void> {
    await this.hints.watch()
    const hinted = this.hints.take()
    const { signal } = this.#ended
    if (hinted.length > 0) this.#gathering.news()
    await this.#orFailing(async () => {
      if (hinted !== 'anything' && performance.now() < this.#sweepDue)
        return this.#lookAt([...new Set([...hinted, ...this.#unsettled().map(({ listed }) => listed.path)])], signal)
      await this.#sweep(signal)
      // Only a sweep shows that all is well: a look at nothing in particular reaches nothing.
      this.failing = null
      this.#retryMs = FIRST_RETRY_MS
    })
  }

  async #orFailing<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof TidemarkError)) throw error
      this.failing = messageOf(error)
      this.#sweepDue = performance.now() + this.#retryMs
      this.#retryMs = Math.min(this.#retryMs * 2, Math.max(this.everyMs, FIRST_RETRY_MS))
      return undefined
    }
  }

  /** What has settled, compared with the ledger once more; all of it stays pending until the ledger has it. */
  async #ready({ leaveOut, alsoPostponed, signal }: Look): Promise<Readiness> {
    const { pipeline, sightings } = this.#open
    const isDue = (key: string) => !leaveOut(key) && (alsoPostponed || this.#handed.isDue(key))
    const settled = [...this.#pending.values()].filter(
      ({ listed, key }) => isDue(key) && this.#gathering.isDue(key) && sightings.isSettled(listed, pipeline.source.settleMs),
    )
    const suspects = await suspectsByKey(this.#open, this.#warehouse, signal)
    const owed = (await this.#owed.update(signal)).map((key) => [key, []] as const)
    const absent = new Map([...owed, ...suspects].filter(([key]) => isDue(key)))
    if (settled.length === 0 && absent.size === 0) return NOTHING
    if (settled.length > 0) await this.#compare(settled, signal)
    const postponed = alsoPostponed ? new Set<string>() : await postponedKeys(this.#warehouse, pipeline.name)
    const still = settled.flatMap(({ listed }) => this.#pending.get(listed.path) ?? []).filter(({ key }) => !postponed.has(key))
    const ready = byKey(await this.#gathering.ready(still, new Set(this.#unsettled().map(({ key }) => key))))
    const keys = [...new Set([...ready.keys(), ...[...absent.keys()].filter((key) => !postponed.has(key))])].sort()
    if (signal.aborted) return NOTHING // nobody would get it
    for (const key of keys) this.#handed.hand(key, fingerprintOf(ready.get(key) ?? [], absent.get(key) ?? []))
    const many = this.#more || keys.length > MOST_AT_ONCE || keys.some((key) => Buffer.byteLength(key) > MAX_KEY_BYTES)
    return {
      many,
      partitions: many ? [] : keys.map((key) => readyPartition(this.#open, key, ready.get(key) ?? [], absent.get(key) ?? [])),
    }
  }

  /** Milliseconds until there is something to do without news: a sweep, or a file that may have settled. */
  nextDueMs(): number {
    const { pipeline, sightings } = this.#open
    const sweep = Math.max(0, this.#sweepDue - performance.now())
    if (this.failing !== null) return sweep
    let due = Math.min(
      sweep,
      this.#handed.nextDueMs([
        ...this.#pending.values(),
        ...suspectedKeys(this.#open),
        ...this.#owed.keys.map((key) => ({ key })),
      ]),
    )
    due = Math.min(due, this.#gathering.nextDueMs())
    for (const { listed } of this.#unsettled()) due = Math.min(due, sightings.settlesInMs(listed, pipeline.source.settleMs))
    return due
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    await this.#looking?.catch(() => undefined) // how it ends is nobody's news any more
    await this.hints[Symbol.asyncDispose]()
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    this.#sweepDue = performance.now() + this.everyMs // first: who asks for a sweep in the middle of one gets another
    const { files, candidates, more, found } = await sweep({
      open: this.#open,
      warehouse: this.#warehouse,
      most: MOST_PENDING,
      signal,
    })
    this.#pending = new Map(candidates.map((candidate) => [candidate.listed.path, candidate]))
    this.#more = more
    this.#owed.swept()
    this.#gathering.swept(found)
    this.#open.sightings.forgetAllBut(this.#pending)
    this.lastSweep = { at: new Date(), files }
  }

  async #lookAt(paths: readonly string[], signal: AbortSignal): Promise<void> {
    const found: Listed[] = []
    const keys = new Map(paths.flatMap((path) => entryOf(path, this.#open.pattern.keyOf(path))))
    const looks = await statAll(this.#open.source, [...keys.keys()])
    for (const [path, key] of keys) {
      const listed = looks.get(path)
      if (listed === undefined) {
        this.#forget(path)
        this.#gathering.gone(key, path)
      } else if (this.#open.view.known.has(path, listed.fingerprint)) this.#forget(path)
      else found.push(listed)
    }
    // What changes while it is pending is not in the ledger; to ask each time would hold the warehouse for as long as it is written.
    const inside = inWindow(this.#open, found)
    this.#gathering.found(inside)
    const changing = inside.filter(({ listed }) => this.#hasChanged(listed))
    const others = inside.filter(({ listed }) => !this.#hasChanged(listed))
    for (const candidate of [...notUpToDate(changing, new Map()), ...(await this.#compare(others, signal))]) {
      this.#pending.set(candidate.listed.path, candidate)
      this.#open.sightings.see(candidate.listed)
    }
  }

  #hasChanged({ path, fingerprint }: Listed): boolean {
    const pending = this.#pending.get(path)
    return pending !== undefined && pending.listed.fingerprint !== fingerprint
  }

  async #notUpToDate(files: readonly { listed: Listed; key: string }[], signal?: AbortSignal): Promise<Candidate[]> {
    if (files.length === 0) return []
    const paths = files.map(({ listed }) => listed.path)
    return notUpToDate(files, await this.#warehouse.known(this.#open.pipeline.name, paths, signal))
  }

  /** Takes out of what is pending what the ledger has by now; answers the others. */
  async #compare(files: readonly { listed: Listed; key: string }[], signal: AbortSignal): Promise<Candidate[]> {
    const candidates = await this.#notUpToDate(files, signal)
    const still = new Set(candidates.map(({ listed }) => listed.path))
    for (const { listed } of files) {
      if (still.has(listed.path)) continue
      this.#forget(listed.path)
      this.#open.view.known.set(listed.path, listed.fingerprint)
    }
    return candidates
  }

  #forget(path: string): void {
    this.#pending.delete(path)
    this.#open.sightings.forget(path)
  }

  #unsettled(): Candidate[] {
    const { sightings, pipeline } = this.#open
    return [...this.#pending.values()].filter(({ listed }) => !sightings.isSettled(listed, pipeline.source.settleMs))
  }
}

function entryOf(path: string, key: string | undefined): [string, string][] {
  return key === undefined ? [] : [[path, key]]
}
