import type { Config, Pipeline } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'
import { readFreshness } from '../freshness/read-freshness.ts'
import type { Freshness } from '../freshness/state.ts'
import type { Candidate } from '../loading/candidate.ts'
import { FilesByKey } from '../loading/files-by-key.ts'
import { type Judged, judge } from '../loading/judge.ts'
import { type OpenPipeline, OpenPipelines } from '../loading/open-pipelines.ts'
import type { Listed } from '../sources/source.ts'
import type { Backoff } from '../warehouse/claim.ts'
import { ledgerMark } from '../warehouse/ledger-mark.ts'
import type { Debt } from '../warehouse/publication.ts'
import type { PipelineCounts, Warehouse } from '../warehouse/warehouse.ts'
import { notUpToDateOf } from './not-up-to-date.ts'

export type Owed = Pick<Debt, 'path' | 'fingerprint' | 'error'>

/** Source × ledger now. */
export interface Survey {
  readonly pipeline: string
  /** Files whose rows are in the table, and their rows. */
  readonly loaded: number
  readonly rows: number
  readonly held: number
  /** Left out by `initial`: there, and as they were at the first sweep. */
  readonly ignored: number
  /** Listed, not up to date, and not `retrying`: still settling, being loaded, or waiting for a worker. */
  readonly unsettled: number
  readonly unsettledPaths: readonly string[]
  /** Of `unsettledPaths` those that wait for a marker, a manifest or more files of their partition, or are there as they were read and are to be read again. */
  readonly waiting: readonly { readonly path: string; readonly reason: string }[]
  /** Partitions with a file that is not up to date and that have failed. */
  readonly retrying: readonly Backoff[]
  /** Loaded files that are still to be moved or deleted, and why the last try failed. */
  readonly owed: readonly Owed[]
  /** Partitions that are `missing`: long due, and not there, or too little of them. */
  readonly missing: readonly string[]
  /** Why the source cannot be listed. */
  readonly sourceError: string | null
}

export interface Waiting {
  readonly path: string
  /** ISO, UTC. */
  readonly modifiedAt: string
}

export interface Looked {
  readonly survey: Survey
  /** The version of each file that is `unsettled`. */
  readonly waiting: readonly Listed[]
  /** Of the files that are not up to date, also those that are retried. */
  readonly oldestWaiting: Waiting | null
  readonly freshness: Freshness
}

/** Enough to see what they are. */
const PATHS_SHOWN = 20

/** What the ledger alone says. */
interface Tally {
  readonly counts: PipelineCounts
  readonly freshness: Freshness
}

interface LookOptions {
  /** The ledger hardly changes meanwhile, so that it can be tallied while the source is listed. */
  readonly atRest?: boolean
  /** That is done: what is left is mostly to wait for the source. */
  readonly onTallied?: () => void
}

export class Surveyor {
  readonly #config: Config
  readonly #warehouse: Warehouse
  readonly #pipelines: OpenPipelines

  constructor(config: Config, warehouse: Warehouse) {
    this.#config = config
    this.#warehouse = warehouse
    this.#pipelines = new OpenPipelines(config)
  }

  async survey(name: string): Promise<Survey> {
    return (await this.look(name)).survey
  }

  async look(name: string, { atRest = false, onTallied }: LookOptions = {}): Promise<Looked> {
    const open = this.#pipelines.get(name)
    const found = new FilesByKey(open)
    const left: Candidate[] = []
    const there = new Map<string, string>()
    let sourceError: string | null = null
    let tally = () => this.#tally(open.pipeline)
    const onListing = () => {
      if (atRest) tally = this.#tallyAhead(open.pipeline, onTallied)
    }
    try {
      for await (const file of notUpToDateOf(open, this.#warehouse, { found, there, onListing })) left.push(file)
    } catch (error) {
      if (!(error instanceof TidemarkError) || error.code !== 'SourceUnavailable') throw error
      sourceError = error.message
    }
    const keys = new Set(left.map(({ key }) => key))
    // A file that failed and has gone is tried no more.
    const retrying = (await this.#warehouse.backoffs(name)).filter(({ key }) => sourceError !== null || keys.has(key))
    const failing = new Set(retrying.map(({ key }) => key))
    const unsettled = left.filter(({ key }) => !failing.has(key))
    const filesOf = (key: string) => found.count(key)
    const judging = { open, warehouse: this.#warehouse, candidates: unsettled, filesOf, unsettled: new Set<string>() }
    const { waiting } = sourceError === null ? await judge(judging) : { waiting: [] }
    const unsettledPaths = unsettled.slice(0, PATHS_SHOWN).map(({ listed }) => listed.path)
    // After the listing: what was up to date then is counted now.
    const { counts, freshness } = await tally()
    const { loaded, rows, held, ignored } = counts
    const survey = {
      pipeline: name,
      loaded,
      rows,
      held,
      ignored,
      unsettled: unsettled.length,
      unsettledPaths,
      waiting: reasonsOf(unsettled, waiting).filter(({ path }) => unsettledPaths.includes(path)),
      retrying,
      owed: await this.#owed(open, sourceError === null ? there : undefined),
      missing: freshness.partitions.flatMap(({ key, state }) => (state === 'missing' ? [key] : [])),
      sourceError,
    }
    return { survey, waiting: unsettled.map(({ listed }) => listed), oldestWaiting: oldestOf(left), freshness }
  }

  async #tally(pipeline: Pipeline): Promise<Tally> {
    const asked = [this.#warehouse.counts(pipeline.name), readFreshness(pipeline, this.#warehouse)] as const
    const [counts, freshness] = await Promise.all(asked)
    return { counts, freshness }
  }

  /** Begins at once; it is done again where something was committed between then and the moment at which it is wanted. */
  #tallyAhead(pipeline: Pipeline, onTallied: (() => void) | undefined): () => Promise<Tally> {
    const { file } = this.#config.warehouse
    const mark = ledgerMark(file)
    const ahead = mark.then(() => this.#tally(pipeline))
    ahead.then(onTallied, () => undefined) // a failure is heard when it is wanted
    return async () => ((await ledgerMark(file)) === (await mark) ? ahead : this.#tally(pipeline))
  }

  /** What was tried, and is not there as it was loaded, is not owed any more: it is gone, or will be loaded anew. */
  async #owed({ pipeline }: OpenPipeline, there: ReadonlyMap<string, string> | undefined): Promise<Owed[]> {
    if (pipeline.afterLoad.kind === 'keep') return []
    const debts = await this.#warehouse.debts(pipeline.name)
    return debts
      .filter(({ path, fingerprint, error }) => {
        if (there === undefined) return true
        const now = there.get(path)
        return now === fingerprint || (now === undefined && error === null)
      })
      .map(({ path, fingerprint, error }) => ({ path, fingerprint, error }))
  }
}

function reasonsOf(files: readonly Candidate[], waiting: Judged['waiting']): { path: string; reason: string }[] {
  const reasons = new Map<string, string>()
  for (const { decision, listed } of files)
    if (decision !== undefined) reasons.set(listed.path, 'to be read again, as a person has decided')
  for (const { candidate, reason } of waiting) reasons.set(candidate.listed.path, reason)
  return [...reasons].map(([path, reason]) => ({ path, reason }))
}

function oldestOf(files: readonly Candidate[]): Waiting | null {
  let oldest: Listed | undefined
  for (const { listed } of files) if (oldest === undefined || listed.modifiedAt < oldest.modifiedAt) oldest = listed
  return oldest === undefined ? null : { path: oldest.path, modifiedAt: oldest.modifiedAt.toISOString() }
}
