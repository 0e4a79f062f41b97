import type { Least, Overdue } from './overdue.ts'

/** What people are told of, besides what is loaded. */
export type What = 'held' | 'late' | 'missing' | 'failing' | 'recovered' | 'gone'

export interface News {
  readonly pipeline: string
  readonly partition?: string
  readonly what: What
  /** Short, for people, without a row of data. Of many, the first few, a line each. */
  readonly reason: string
  /** Of files or partitions, where there may be many. */
  readonly count?: number
}

/** Of a pipeline, or of one of its partitions: what is so now, and was not told. */
export interface Untold {
  readonly held: number
  readonly recovered: number
  /** Gone from the source, where the config asks to be told. */
  readonly gone: number
}

export interface NewsScope {
  readonly pipeline: string
  /** One partition; all of them by default. */
  readonly partition?: string | undefined
  readonly alsoGone: boolean
  /** A partition that is late has recovered when so much of it is loaded; one file by default. */
  readonly least?: Least | undefined
}

export interface NewsRequest extends NewsScope {
  readonly news: News
  /** Of what by the clock is overdue, or is so no more, the news is what people were not told; their `reason` says which. */
  readonly overdue?: readonly Overdue[] | undefined
  /** Of who tells. The same one gets the same news again until it has ended the telling; nobody else gets it. */
  readonly token: string
}
