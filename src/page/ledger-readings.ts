import type { Pipeline } from '../config/pipeline.ts'
import { readFreshness } from '../freshness/read-freshness.ts'
import type { Freshness } from '../freshness/state.ts'
import type { Backoff } from '../warehouse/claim.ts'
import type { LedgerEntry } from '../warehouse/ledger.ts'
import { ledgerMark } from '../warehouse/ledger-mark.ts'
import type { PageSource } from './page-source.ts'
import { ShareOfTime } from './share-of-time.ts'

/** What the ledger said of one pipeline at one moment. */
export interface Reading {
  readonly freshness: Freshness
  /** The first of those that are held, and how many there are. */
  readonly held: { readonly total: number; readonly files: readonly LedgerEntry[] }
  readonly backoffs: readonly Backoff[]
}

/** A reading that nobody has asked for in this time is forgotten: it may be of a hundred thousand partitions. */
const KEPT_MS = 60_000
/** Between two readings of one pipeline, though the ledger changes all the time. */
const LEAST_PAUSE_MS = 1_000
const HELD_READ = 50

interface Kept {
  readonly mark: string
  readonly reading: Promise<Reading>
  readonly forget: NodeJS.Timeout
}

/**
 * Reads the ledger when it has changed, and then once for all who look: the file is shared with those who load. States that come with the
 * clock are told anew without reading what has not changed.
 */
export class LedgerReadings implements Disposable {
  readonly #source: PageSource
  readonly #kept = new Map<string, Kept>()
  readonly #paces = new Map<string, ShareOfTime>()
  #isBehind = false

  constructor(source: PageSource) {
    this.#source = source
  }

  mark(): Promise<string> {
    return ledgerMark(this.#source.config.warehouse.file)
  }

  async of(pipeline: Pipeline): Promise<Reading> {
    const mark = await this.mark()
    const kept = this.#kept.get(pipeline.name)
    if (kept !== undefined) {
      const { freshness } = await kept.reading
      const hasChanged = kept.mark !== mark || (freshness.changesAt !== null && Date.parse(freshness.changesAt) <= Date.now())
      const mayRead = this.#paceOf(pipeline.name).isDue()
      if (hasChanged && !mayRead) this.#isBehind = true
      if (!hasChanged || !mayRead) return this.#keep(pipeline.name, kept.mark, kept.reading)
    }
    const reading = this.#paceOf(pipeline.name).take(() => this.#read(pipeline))
    reading.catch(() => this.#forget(pipeline.name)) // the next one who asks tries again
    return this.#keep(pipeline.name, mark, reading)
  }

  /** Whether, since this was last asked, somebody has been answered with what is not the newest. */
  takeIsBehind(): boolean {
    const was = this.#isBehind
    this.#isBehind = false
    return was
  }

  [Symbol.dispose](): void {
    for (const name of [...this.#kept.keys()]) this.#forget(name)
  }

  #read(pipeline: Pipeline): Promise<Reading> {
    return this.#source.read(async (warehouse) => ({
      freshness: await readFreshness(pipeline, warehouse),
      held: await warehouse.filesPage(pipeline.name, { status: 'held', limit: HELD_READ, offset: 0 }),
      backoffs: await warehouse.backoffs(pipeline.name),
    }))
  }

  #keep(name: string, mark: string, reading: Promise<Reading>): Promise<Reading> {
    this.#forget(name)
    const forget = setTimeout(() => this.#forget(name), KEPT_MS).unref()
    this.#kept.set(name, { mark, reading, forget })
    return reading
  }

  #forget(name: string): void {
    clearTimeout(this.#kept.get(name)?.forget)
    this.#kept.delete(name)
  }

  #paceOf(name: string): ShareOfTime {
    const pace = this.#paces.get(name) ?? new ShareOfTime(LEAST_PAUSE_MS)
    this.#paces.set(name, pace)
    return pace
  }
}
