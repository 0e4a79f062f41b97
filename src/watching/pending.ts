import { type Candidate, inWindow, notUpToDate } from '../loading/candidate.ts'
import type { OpenPipeline } from '../loading/open-pipelines.ts'
import type { Listed } from '../sources/source.ts'
import { statAll } from '../sources/stat-all.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Gathering } from './gathering.ts'

/** So many files are watched one by one; of a larger crowd the others are left to the batch that it is for. */
export const MOST_PENDING = 20_000

/** Files that are not up to date, as far as they are watched: they stay here until the ledger has them, or they are gone. */
export class Pending {
  readonly #open: OpenPipeline
  readonly #warehouse: Warehouse
  readonly #gathering: Gathering
  #files: Map<string, Candidate> = new Map()
  /** There are so many that not all of them are here: a batch finds them itself. */
  more = false

  constructor(open: OpenPipeline, warehouse: Warehouse, gathering: Gathering) {
    this.#open = open
    this.#warehouse = warehouse
    this.#gathering = gathering
  }

  get size(): number {
    return this.#files.size
  }

  get paths(): Iterable<string> {
    return this.#files.keys()
  }

  get all(): Iterable<Candidate> {
    return this.#files.values()
  }

  get(path: string): Candidate | undefined {
    return this.#files.get(path)
  }

  unsettled(): Candidate[] {
    const { sightings, pipeline } = this.#open
    return [...this.#files.values()].filter(({ listed }) => !sightings.isSettled(listed, pipeline.source.settleMs))
  }

  /** After a listing of everything: these and no others. Answers those that were not here as they are. */
  replace(candidates: readonly Candidate[], more: boolean): Candidate[] {
    const news = candidates.filter(({ listed }) => !this.#has(listed))
    this.#files = new Map(candidates.map((candidate) => [candidate.listed.path, candidate]))
    this.more = more
    this.#open.sightings.forgetAllBut(this.#files)
    return news
  }

  /** Looks at some paths: what is there and not up to date, and what is gone. */
  async lookAt(paths: Iterable<string>, signal: AbortSignal): Promise<void> {
    const found: Listed[] = []
    const keys = new Map<string, string>()
    for (const path of paths) {
      const key = this.#open.pattern.keyOf(path)
      if (key !== undefined) keys.set(path, key)
    }
    const looks = await statAll(this.#open.source, [...keys.keys()])
    for (const [path, key] of keys) {
      const listed = looks.get(path)
      if (listed === undefined) {
        this.#forget(path)
        this.#gathering.gone(key, path)
      } else if (this.#open.view.known.has(path, listed.fingerprint)) this.#forget(path)
      else found.push(listed)
    }
    await this.notice(found, signal)
  }

  /** Takes up what was found and is not up to date. Whether any of it was not here as it is. */
  async notice(found: readonly Listed[], signal: AbortSignal): Promise<boolean> {
    let news = false
    // What changes while it is pending is not in the ledger; to ask each time would hold the warehouse for as long as it is written.
    const inside = inWindow(this.#open, found)
    this.#gathering.found(inside)
    const changing = inside.filter(({ listed }) => this.#hasChanged(listed))
    const others = inside.filter(({ listed }) => !this.#hasChanged(listed))
    for (const candidate of [...notUpToDate(changing, new Map()), ...(await this.compare(others, signal))]) {
      news = news || !this.#has(candidate.listed)
      this.#files.set(candidate.listed.path, candidate)
      this.#open.sightings.see(candidate.listed)
    }
    return news
  }

  /** Takes out what the ledger has by now; answers the others. */
  async compare(files: readonly { readonly listed: Listed; readonly key: string }[], signal: AbortSignal): Promise<Candidate[]> {
    if (files.length === 0) return []
    const paths = files.map(({ listed }) => listed.path)
    const candidates = notUpToDate(files, await this.#warehouse.known(this.#open.pipeline.name, paths, signal))
    const still = new Set(candidates.map(({ listed }) => listed.path))
    for (const { listed } of files) {
      if (still.has(listed.path)) continue
      this.#forget(listed.path)
      this.#open.view.known.set(listed.path, listed.fingerprint)
    }
    return candidates
  }

  #has({ path, fingerprint }: Listed): boolean {
    return this.#files.get(path)?.listed.fingerprint === fingerprint
  }

  #hasChanged({ path, fingerprint }: Listed): boolean {
    const pending = this.#files.get(path)
    return pending !== undefined && pending.listed.fingerprint !== fingerprint
  }

  #forget(path: string): void {
    this.#files.delete(path)
    this.#open.sightings.forget(path)
  }
}
