import { messageOf, TidemarkError } from '../errors.ts'
import type { Candidate } from '../loading/candidate.ts'
import { byKey } from '../loading/judge.ts'
import type { OpenPipeline } from '../loading/open-pipelines.ts'
import { postponedKeys } from '../loading/postponed.ts'
import { MAX_KEY_BYTES } from '../partitions/keys.ts'
import type { Sighting } from '../sources/sightings.ts'
import { unlessAborted } from '../unless-aborted.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { crowdIn, MOST_AT_ONCE, partitionsOf, soonerMs } from './crowd.ts'
import { Gathering } from './gathering.ts'
import { Handed } from './handed.ts'
import { Hints } from './hints.ts'
import { Listing } from './listing.ts'
import type { Mark } from './mark.ts'
import { Owed } from './owed.ts'
import { Pace } from './pace.ts'
import { Pending } from './pending.ts'
import { type Look, MANY, NOTHING, type Readiness, type SweepReport } from './readiness.ts'
import { fingerprintOf, readyPartition } from './ready-partition.ts'
import { suspectedKeys, suspectsByKey } from './suspects.ts'

export { MOST_AT_ONCE } from './crowd.ts'
export type { Readiness }

/** Stands for all that is pending and not watched one by one, among what is handed out. */
const THE_REST = '\0'
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
  readonly #pending: Pending
  readonly #listing: Listing
  readonly #owed: Owed
  #sweepDue = 0
  /** A server that has asked for fewer requests gets none, neither for what is pending nor for what is hinted. */
  #leftAloneUntil = 0
  readonly #pace: Pace
  failing: string | null = null

  constructor(open: OpenPipeline, warehouse: Warehouse, everyMs: number) {
    this.#open = open
    this.#warehouse = warehouse
    this.everyMs = everyMs
    this.#pace = new Pace(everyMs, open.source.can)
    this.hints = new Hints(open.source)
    this.#owed = new Owed(open, warehouse)
    this.#gathering = new Gathering(open, warehouse)
    this.#pending = new Pending(open, warehouse, this.#gathering)
    this.#listing = new Listing({ open, warehouse, pending: this.#pending, gathering: this.#gathering, owed: this.#owed })
  }

  get unsettled(): number {
    return this.#pending.size
  }

  /** Of everything, not of the last names. */
  get lastSweep(): SweepReport | undefined {
    return this.#listing.lastSweep
  }

  /** When everything was listed last, by whatever process. */
  get sweptAt(): Date | undefined {
    return this.#listing.sweptAt
  }

  /** From where another process may go on. */
  get mark(): Mark | null {
    return this.#listing.mark
  }

  goOnFrom(mark: Mark | null): void {
    this.#listing.goOnFrom(mark)
  }

  sightings(most: number): Sighting[] {
    return this.#open.sightings.oldest(most)
  }

  /** Requests to the source's server in the last hour. */
  get calls(): number {
    return this.#open.source.calls.lastHour()
  }

  sweepSoon(): void {
    this.#listing.askForWhole()
    this.#sweepDue = 0
    this.#leftAloneUntil = 0
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
    if (performance.now() < this.#leftAloneUntil) {
      if (hinted.length > 0) this.#listing.askForWhole() // which finds it
      return
    }
    const { signal } = this.#ended
    if (hinted.length > 0) this.#gathering.news()
    await this.#orFailing(async () => {
      if (hinted !== 'anything' && performance.now() < this.#sweepDue)
        return this.#pending.lookAt(new Set([...hinted, ...this.#pending.unsettled().map(({ listed }) => listed.path)]), signal)
      if (hinted === 'anything') this.#listing.askForWhole()
      this.#sweepDue = performance.now() + this.#pace.nextMs() // first: who asks for a sweep in the middle of one gets another
      this.#pace.listed({ news: await this.#listing.list(signal) })
      // Only a listing shows that all is well: a look at nothing in particular reaches nothing.
      this.failing = null
    })
  }

  async #orFailing<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof TidemarkError)) throw error
      this.failing = messageOf(error)
      this.#sweepDue = performance.now() + this.#pace.failedMs(error.retryAfterMs)
      if (error.retryAfterMs !== undefined) this.#leftAloneUntil = this.#sweepDue
      return undefined
    }
  }

  /** What has settled, compared with the ledger once more; all of it stays pending until the ledger has it. */
  async #ready(look: Look): Promise<Readiness> {
    const { leaveOut, alsoPostponed, signal } = look
    const { pipeline, sightings } = this.#open
    const isDue = (key: string) => !leaveOut(key) && (alsoPostponed || this.#handed.isDue(key))
    const due = [...this.#pending.all].filter(({ key }) => isDue(key) && this.#gathering.isDue(key))
    if (await this.#isCrowd(due, look)) return MANY
    const settled = due.filter(({ listed }) => sightings.isSettled(listed, pipeline.source.settleMs))
    const suspects = await suspectsByKey(this.#open, this.#warehouse, signal)
    const owed = (await this.#owed.update(signal)).map((key) => [key, []] as const)
    const absent = new Map([...owed, ...suspects].filter(([key]) => isDue(key)))
    if (settled.length === 0 && absent.size === 0) return NOTHING
    const { still, postponed } = await this.#still(settled, look)
    const ready = byKey(await this.#gathering.ready(still, new Set(this.#pending.unsettled().map(({ key }) => key))))
    const keys = [...new Set([...ready.keys(), ...[...absent.keys()].filter((key) => !postponed.has(key))])].sort()
    if (signal.aborted) return NOTHING // nobody would get it
    for (const key of keys) this.#handed.hand(key, fingerprintOf(ready.get(key) ?? [], absent.get(key) ?? []))
    if (keys.length > MOST_AT_ONCE || keys.some((key) => Buffer.byteLength(key) > MAX_KEY_BYTES)) return MANY
    if (this.#pending.more && isDue(THE_REST)) {
      this.#handed.hand(THE_REST, '')
      return MANY
    }
    return {
      many: false,
      partitions: keys.map((key) => readyPartition(this.#open, key, ready.get(key) ?? [], absent.get(key) ?? [])),
    }
  }

  /** Whether there is a crowd that has settled or is about to. One that was handed out and has changed must settle first: it may go on changing. */
  async #isCrowd(due: readonly Candidate[], look: Look): Promise<boolean> {
    const crowd = crowdIn(
      this.#open,
      due.filter(({ key }) => !this.#handed.has(key)),
    )
    if (crowd.length === 0) return false
    const { still } = await this.#still(crowd, look)
    if (partitionsOf(still) <= MOST_AT_ONCE || look.signal.aborted) return false
    for (const [key, candidates] of byKey(still)) this.#handed.hand(key, fingerprintOf(candidates, []))
    return true
  }

  /** Of these what the ledger does not have by now, and is not left alone after failures. */
  async #still(files: readonly Candidate[], { alsoPostponed, signal }: Look) {
    if (files.length > 0) await this.#pending.compare(files, signal)
    const postponed = alsoPostponed ? new Set<string>() : await postponedKeys(this.#warehouse, this.#open.pipeline.name)
    const still = files.flatMap(({ listed }) => this.#pending.get(listed.path) ?? []).filter(({ key }) => !postponed.has(key))
    return { still, postponed }
  }

  /** Milliseconds until there is something to do without news: a sweep, or a file that may have settled. */
  nextDueMs(): number {
    const { pipeline, sightings } = this.#open
    const sweep = Math.max(0, this.#sweepDue - performance.now())
    if (this.failing !== null) return sweep
    let due = Math.min(
      sweep,
      this.#handed.nextDueMs([
        ...this.#pending.all,
        ...suspectedKeys(this.#open),
        ...this.#owed.keys.map((key) => ({ key })),
        { key: THE_REST },
      ]),
    )
    due = Math.min(due, this.#gathering.nextDueMs())
    const unsettled = this.#pending.unsettled()
    const early = soonerMs(this.#open, unsettled)
    for (const { listed } of unsettled) {
      const settles = sightings.settlesInMs(listed, pipeline.source.settleMs)
      due = Math.min(due, settles > early ? settles - early : settles)
    }
    return due
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    await this.#looking?.catch(() => undefined) // how it ends is nobody's news any more
    await this.hints[Symbol.asyncDispose]()
  }
}
