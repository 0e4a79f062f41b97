import type { Config } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'
import { inWindow, notUpToDate } from '../loading/candidate.ts'
import { OpenPipelines } from '../loading/open-pipelines.ts'
import { expectedWindows } from '../partitions/windows.ts'
import type { Backoff, Warehouse } from '../warehouse/warehouse.ts'

/** Source × ledger now. */
export interface Survey {
  readonly pipeline: string
  /** Files whose rows are in the table, and their rows. */
  readonly loaded: number
  readonly rows: number
  readonly held: number
  /** Listed, not up to date, and not `retrying`: still settling, being loaded, or waiting for a worker. */
  readonly unsettled: number
  readonly unsettledPaths: readonly string[]
  /** Partitions with a file that is not up to date and that have failed. */
  readonly retrying: readonly Backoff[]
  /** Partitions that are due, with the time that a file may be missing gone by, and have no loaded file. */
  readonly missing: readonly string[]
  /** Why the source cannot be listed. */
  readonly sourceError: string | null
}

/** A file that is listed and not up to date. */
interface Left {
  readonly path: string
  readonly fingerprint: string
  readonly key: string
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

  /** With the version of each file that is `unsettled`. */
  async look(name: string): Promise<{ readonly survey: Survey; readonly waiting: readonly Left[] }> {
    const left: Left[] = []
    const heldKeys = new Set<string>()
    let sourceError: string | null = null
    try {
      for await (const file of this.#notUpToDate(name, heldKeys)) left.push(file)
    } catch (error) {
      if (!(error instanceof TidemarkError) || error.code !== 'SourceUnavailable') throw error
      sourceError = error.message
    }
    const keys = new Set(left.map(({ key }) => key))
    // A file that failed and has gone is tried no more.
    const retrying = (await this.#warehouse.backoffs(name)).filter(({ key }) => sourceError !== null || keys.has(key))
    const failing = new Set(retrying.map(({ key }) => key))
    const waiting = left.filter(({ key }) => !failing.has(key))
    // After the listing: what was up to date then is counted now.
    const { loaded, rows, held, loadedKeys } = await this.#warehouse.counts(name)
    const survey = {
      pipeline: name,
      loaded,
      rows,
      held,
      unsettled: waiting.length,
      unsettledPaths: waiting.slice(0, PATHS_SHOWN).map(({ path }) => path),
      retrying,
      missing: this.#missing(name, new Set([...loadedKeys, ...heldKeys])),
      sourceError,
    }
    return { survey, waiting }
  }

  async *#notUpToDate(name: string, heldKeys: Set<string>): AsyncGenerator<Left> {
    const { signal } = new AbortController()
    const open = this.#pipelines.get(name)
    for await (const page of open.source.list(open.pattern, signal)) {
      const files = inWindow(open, page)
      const known = await this.#warehouse.known(
        name,
        files.map(({ listed }) => listed.path),
        signal,
      )
      for (const { partitionKey, status } of known.values()) if (status === 'held') heldKeys.add(partitionKey)
      for (const { listed, key } of notUpToDate(files, known)) yield { path: listed.path, fingerprint: listed.fingerprint, key }
    }
  }

  #missing(name: string, there: ReadonlySet<string>): string[] {
    const { partitions, schedule } = this.#pipelines.get(name).pipeline
    if (partitions.kind === 'dynamic' || schedule === undefined) return []
    const missing: string[] = []
    for (const { key } of expectedWindows(partitions, new Date(Date.now() - schedule.missingAfterMs)))
      if (!there.has(key)) missing.push(key)
    return missing
  }
}
