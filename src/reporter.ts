import type { OpenPipeline } from './loading/open-pipelines.ts'
import type { News } from './warehouse/news.ts'
import type { Outcome } from './warehouse/publication.ts'

export interface Loaded {
  readonly pipeline: string
  readonly files: number
  readonly rows: number
  /** Rows that are not in the table, because they are bad. */
  readonly rejected: number
  /** The file and its partition, when it is one. */
  readonly only?: { readonly path: string; readonly key: string; readonly same: boolean }
}

/** Files whose bytes are loaded under another path; one of them by name. */
export interface Duplicates {
  readonly pipeline: string
  readonly count: number
  readonly path: string
  readonly of: string
  /** Whether their rows are in the table as well. */
  readonly loaded: boolean
}

/** Where a worker says what happens. No row of data is in it. */
export interface Reporter {
  loaded(loaded: Loaded): void
  duplicates(duplicates: Duplicates): void
  news(news: News): void
  /** The warehouse is held by somebody else; undefined when it is free again. */
  waiting(holder: string | undefined): void
}

/** Makes one announcement of what one transaction has published. */
export function loadedBy(reporter: Reporter) {
  return (outcomes: readonly Outcome[], { pipeline }: OpenPipeline): void => {
    reportDuplicates(reporter, pipeline.name, outcomes)
    const loaded = outcomes.filter(({ verdict }) => verdict === 'good' || verdict === 'same')
    const [first] = loaded
    if (first === undefined) return
    reporter.loaded({
      pipeline: pipeline.name,
      files: loaded.length,
      rows: loaded.reduce((sum, outcome) => sum + (outcome.verdict === 'good' ? outcome.rows : 0), 0),
      rejected: loaded.reduce((sum, outcome) => sum + (outcome.verdict === 'good' ? (outcome.rejectedCount ?? 0) : 0), 0),
      ...(loaded.length === 1 ? { only: { path: first.listed.path, key: first.key, same: first.verdict === 'same' } } : {}),
    })
  }
}

function reportDuplicates(reporter: Reporter, pipeline: string, outcomes: readonly Outcome[]): void {
  for (const verdict of ['good', 'duplicate'] as const) {
    const files = outcomes.flatMap((outcome) => {
      const of = outcome.verdict === verdict ? outcome.duplicateOf : undefined
      return of === undefined ? [] : [{ path: outcome.listed.path, of }]
    })
    const [first] = files
    if (first !== undefined) reporter.duplicates({ pipeline, count: files.length, ...first, loaded: verdict === 'good' })
  }
}
