import type { OpenPipeline } from '../loading/open-pipelines.ts'
import { sweep } from '../loading/sweep.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Gathering } from './gathering.ts'
import { below, groundOf, isBefore, type Mark } from './mark.ts'
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
  #carried: Mark | undefined
  #hasListed = false
  lastSweep: SweepReport | undefined
  /** The end of the last listing of everything, by whatever process. */
  sweptAt: Date | undefined

  constructor(parts: Parts) {
    this.#parts = parts
    this.#resumption = new Resumption(parts.open.pipeline.sensor?.sweepEveryMs)
  }

  /** The next one is of everything. */
  askForWhole(): void {
    this.#wholeAsked = true
  }

  /** From where another process may go on; null: it must list everything. */
  get mark(): Mark | null {
    const { open, pending } = this.#parts
    if (this.#wholeAsked || pending.more) return null
    if (this.#carried !== undefined) return this.#carried
    const { mark } = this.#resumption
    const { generation } = open.view
    if (mark === undefined || generation === undefined || this.sweptAt === undefined) return null
    const after = below(mark, pending.paths)
    return after === undefined ? null : { after, sweptAt: this.sweptAt.toISOString(), of: groundOf(open.pipeline, generation) }
  }

  /** Where another process was. Who has listed knows more. */
  goOnFrom(mark: Mark | null): void {
    if (!this.#hasListed) this.#carried = mark ?? undefined
  }

  /** Whether it has found any news. */
  async list(signal: AbortSignal): Promise<boolean> {
    const { open, warehouse, pending } = this.#parts
    await this.#takeUp()
    const { after } = this.#resumption
    const mayResume = !this.#wholeAsked && !pending.more && (await open.view.isOf(warehouse))
    return after !== undefined && mayResume ? this.#resume(after, signal) : this.#sweep(signal)
  }

  /** What another process has passed over is passed over here, where source, config and ledger are still the same. */
  async #takeUp(): Promise<void> {
    const { open, warehouse } = this.#parts
    const mark = this.#carried
    if (mark !== undefined && open.pipeline.arrival?.files === undefined) {
      const generation = await warehouse.generation()
      if (generation !== undefined && groundOf(open.pipeline, generation) === mark.of) {
        open.view.goOn(generation)
        this.sweptAt = new Date(mark.sweptAt)
        this.#resumption.goOn(mark.after, Date.now() - this.sweptAt.getTime())
      }
    }
    this.#carried = undefined
    this.#hasListed = true
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
      const news = pending.replace(candidates, more)
      this.#resumption.swept() // now that nothing of it can be missed
      const late = mark === undefined ? undefined : news.filter(({ listed }) => isBefore(listed.path, mark)).length
      owed.swept()
      gathering.swept(found)
      this.sweptAt = new Date()
      this.lastSweep = { at: this.sweptAt, files, late }
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
