import type { Config } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'
import { readFreshness } from '../freshness/read-freshness.ts'
import type { Freshness } from '../freshness/state.ts'
import { isLeftOut } from '../loading/begin.ts'
import { ASKED_TOGETHER, type Candidate, inWindow, notUpToDate } from '../loading/candidate.ts'
import { FilesByKey } from '../loading/files-by-key.ts'
import { type Judged, judge } from '../loading/judge.ts'
import { type OpenPipeline, OpenPipelines } from '../loading/open-pipelines.ts'
import type { Listed } from '../sources/source.ts'
import type { Backoff } from '../warehouse/claim.ts'
import type { Debt } from '../warehouse/publication.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'

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
export class Surveyor {
  readonly #warehouse: Warehouse
  readonly #pipelines: OpenPipelines

  constructor(config: Config, warehouse: Warehouse) {
    this.#warehouse = warehouse
    this.#pipelines = new OpenPipelines(config)
  }

  async survey(name: string): Promise<Survey> {
    return (await this.look(name)).survey
  }

  async look(name: string): Promise<Looked> {
    const open = this.#pipelines.get(name)
    const found = new FilesByKey(open)
    const left: Candidate[] = []
    const there = new Map<string, string>()
    let sourceError: string | null = null
    try {
      for await (const file of this.#notUpToDate(open, found, there)) left.push(file)
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
    const { loaded, rows, held, ignored } = await this.#warehouse.counts(name)
    const freshness = await readFreshness(open.pipeline, this.#warehouse)
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

  async *#notUpToDate(open: OpenPipeline, found: FilesByKey, there: Map<string, string>): AsyncGenerator<Candidate> {
    const { signal } = new AbortController()
    const { name, initial } = open.pipeline
    const begun = initial.since === 'all' || (await this.#warehouse.hasBegun(name))
    // One question to the ledger costs as much as to read all of it: first what it has, then what is not found so.
    await open.view.refresh(this.#warehouse, name, signal)
    const decided = new Set((await this.#warehouse.openDecisions(name)).map(({ path }) => path))
    const asked = async (listed: readonly Listed[]) => {
      const known = await this.#warehouse.known(
        name,
        listed.map(({ path }) => path),
        signal,
      )
      return notUpToDate(inWindow(open, listed), known).filter(
        (candidate) => begun || known.has(candidate.listed.path) || !isLeftOut(initial, candidate.listed),
      )
    }
    let toAsk: Listed[] = []
    for await (const page of open.source.list(open.pattern, signal)) {
      if (open.pipeline.afterLoad.kind !== 'keep') for (const { path, fingerprint } of page) there.set(path, fingerprint)
      if (found.counts) found.add(inWindow(open, page))
      toAsk.push(...page.filter(({ path, fingerprint }) => decided.has(path) || !open.view.known.has(path, fingerprint)))
      if (toAsk.length < ASKED_TOGETHER) continue
      yield* await asked(toAsk)
      toAsk = []
    }
    if (toAsk.length > 0) yield* await asked(toAsk)
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
