import type { OpenPipeline } from '../loading/open-pipelines.ts'
import { sweep } from '../loading/sweep.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Gathering } from './gathering.ts'
import type { Owed } from './owed.ts'
import { MOST_PENDING, type Pending } from './pending.ts'
import type { SweepReport } from './readiness.ts'
import { Resumption } from './resumption.ts'

/** Of what is pending and was not listed just now, so many are looked at: it may be gone. */
const MOST_LOOKED_AT = 100

interface Parts {
  readonly open: OpenPipeline
  readonly warehouse: Warehouse
  readonly pending: Pending
  readonly gathering: Gathering
  readonly owed: Owed
}

/** Lists a source again and again: all of it, or, where it can resume and nobody asks for more, from the last names on. */
export class Listing {
  readonly #parts: Parts
  readonly #resumption: Resumption
  #wholeAsked = false
  lastSweep: SweepReport | undefined

  constructor(parts: Parts) {
    this.#parts = parts
    this.#resumption = new Resumption(parts.open.pipeline.sensor?.sweepEveryMs)
  }

  /** The next one is of everything. */
  askForWhole(): void {
    this.#wholeAsked = true
  }

  /** Whether it has found any news. */
  async list(signal: AbortSignal): Promise<boolean> {
    const { open, warehouse, pending } = this.#parts
    const { after } = this.#resumption
    const mayResume = !this.#wholeAsked && !pending.more && (await open.view.isOf(warehouse))
    return after !== undefined && mayResume ? this.#resume(after, signal) : this.#sweep(signal)
  }

  async #sweep(signal: AbortSignal): Promise<boolean> {
    const { open, warehouse, pending, gathering, owed } = this.#parts
    const { mark } = this.#resumption
    this.#wholeAsked = false // first: who asks for a sweep in the middle of one gets another
    try {
      this.#resumption.begin({ whole: true })
      const onPage = this.#resumption.listed.bind(this.#resumption)
      const { files, candidates, more, found } = await sweep({
        open,
        warehouse,
        most: MOST_PENDING,
        asksDecisions: false,
        signal,
        onPage,
      })
      this.#resumption.swept()
      const news = pending.replace(candidates, more)
      const late = mark === undefined ? undefined : news.filter(({ listed }) => isBefore(listed.path, mark)).length
      owed.swept()
      gathering.swept(found)
      this.lastSweep = { at: new Date(), files, late }
      return news.length > 0
    } catch (error) {
      this.#wholeAsked = true
      throw error
    }
  }

  async #resume(after: string, signal: AbortSignal): Promise<boolean> {
    const { open, pending, gathering, owed } = this.#parts
    const waiting = new Set(pending.paths)
    let news = false
    this.#resumption.begin({ whole: false })
    for await (const page of open.source.list(open.pattern, signal, after)) {
      for (const { path } of page) waiting.delete(path)
      const unknown = page.filter(({ path, fingerprint }) => !open.view.known.has(path, fingerprint))
      news = (await pending.notice(unknown, signal)) || news
      this.#resumption.listed(page) // now that nothing of it can be missed
      pending.more = pending.size >= MOST_PENDING
      if (pending.more) break
    }
    if (waiting.size <= MOST_LOOKED_AT) await pending.lookAt(waiting, signal)
    gathering.news() // a marker may have come, which no listing of data shows
    owed.swept()
    return news
  }
}

/** Where listings that are resumed do not look. */
function isBefore(path: string, mark: string): boolean {
  return Buffer.compare(Buffer.from(path), Buffer.from(mark)) <= 0
}
