import type { GuessedColumn } from './guess-type.ts'

/** A pipeline that files of a folder suggest, and what each part of it is from. */
export interface GuessedPipeline {
  /** Of the pipeline, and of its table. */
  readonly name: string
  readonly files: string
  readonly partitions: {
    readonly kind: 'hourly' | 'daily' | 'weekly' | 'monthly' | 'dynamic'
    readonly start?: string
    readonly why: string
  }
  readonly columns: readonly GuessedColumn[]
  readonly csv: GuessedCsv
  /** Some files have columns that others have not. */
  readonly columnsDiffer: boolean
  /** How many files `files` finds, and of how many of them the rows were looked at. */
  readonly count: number
  readonly sampled: number
  /** Of these only the beginning. */
  readonly cut: number
  /** Sampled files that a load would hold, and why. */
  readonly held: readonly HeldSample[]
}

/** What differs from the defaults of a config. */
export interface GuessedCsv {
  readonly delimiter: string
  readonly quote: string
  readonly escape: string
  readonly header: boolean
  readonly nullText: readonly string[]
  readonly dateFormat: string | undefined
  readonly timestampFormat: string | undefined
}

export interface HeldSample {
  readonly path: string
  readonly reason: string
}

export interface Guess {
  readonly pipelines: readonly GuessedPipeline[]
  /** What no pipeline loads: why, how many, and one of them. */
  readonly leftOut: readonly { readonly reason: string; readonly count: number; readonly example: string }[]
}
