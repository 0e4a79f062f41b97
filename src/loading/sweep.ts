import { within } from '../partitions/pattern.ts'
import type { Listed } from '../sources/source.ts'
import type { Version, Warehouse } from '../warehouse/warehouse.ts'
import { ASKED_TOGETHER, type Candidate, inWindow, notUpToDate } from './candidate.ts'
import { expectedKeyOf } from './expected.ts'
import { FilesByKey } from './files-by-key.ts'
import type { OpenPipeline } from './open-pipelines.ts'

export interface Swept {
  /** Whose key is a partition's, or held as none. */
  readonly files: number
  /** Of these, as many as were asked for. */
  readonly candidates: readonly Candidate[]
  /** There were more. */
  readonly more: boolean
  readonly found: FilesByKey
}

interface Inside {
  readonly listed: Listed
  readonly key: string
}

interface SweepRequest {
  readonly open: OpenPipeline
  readonly warehouse: Warehouse
  /** More candidates than this are not kept: a million of them would fill the memory, and the next sweep finds them again. */
  readonly most: number
  /** Whether what is up to date is asked for as well that somebody wants read again. Who decides so asks for its partition anyway. */
  readonly asksDecisions: boolean
  readonly signal: AbortSignal
  /** Told what is listed, page by page. */
  readonly onPage?: (page: readonly Listed[]) => void
}

/**
 * Compares the whole source with the ledger. What both agreed on last time is not asked again, and what has not settled is seen.
 * Sweeps of one pipeline in one process come one after the other.
 */
export function sweep(request: SweepRequest): Promise<Swept> {
  const { view } = request.open
  return view.alone(() => sweepAlone(request))
}

async function sweepAlone(request: SweepRequest): Promise<Swept> {
  const { open, warehouse, signal, onPage } = request
  const { view, pipeline } = open
  const ledger = await view.refresh(warehouse, pipeline.name, signal)
  // Of copies a publish decides, and asks nobody. Else a sweep of what is known leaves the warehouse to others.
  const asksDecisions = request.asksDecisions || ledger.isRead || pipeline.onDuplicate === 'skip'
  const decided = asksDecisions ? await warehouse.openDecisions(pipeline.name) : []
  const asked = new Set(decided.map(({ path }) => path))
  view.known.beginSweep()
  const found = new FilesByKey(open)
  const comparison = new Comparison(request)
  let files = 0
  for await (const page of open.source.list(open.pattern, signal)) {
    onPage?.(page)
    const unknown = page.filter(({ path, fingerprint }) => !view.known.find(path, fingerprint) || asked.has(path))
    const judged = unknown.filter((listed) => !view.isOutside(listed))
    const inside = inWindow(open, judged)
    files += page.length - unknown.length + inside.length
    if (found.counts) found.add(inWindow(open, page))
    if (inside.length < judged.length) markOutside(open, judged, inside)
    await comparison.add(inside)
  }
  await comparison.end()
  await view.swept(ledger, warehouse)
  open.absences.swept({ found: files, missing: await missingPaths(open, warehouse, signal) })
  const { candidates, more } = comparison
  return { files, candidates, more, found }
}

/** Compares some partitions alone, which tells nothing of what is gone. */
export async function lookWithin(
  request: SweepRequest,
  { includes, listed }: { includes(key: string): boolean; readonly listed?: readonly Listed[] },
): Promise<Swept> {
  const { open, signal } = request
  const found = new FilesByKey(open)
  const comparison = new Comparison(request)
  let files = 0
  const pages = listed === undefined ? open.source.list(within(open.pattern, includes), signal) : [listed]
  for await (const page of pages) {
    const inside = inWindow(open, page)
    files += inside.length
    found.add(inside)
    await comparison.add(inside)
  }
  await comparison.end()
  const { candidates, more } = comparison
  return { files, candidates, more, found }
}

/** Asks the ledger of many files at once. */
class Comparison {
  readonly #request: SweepRequest
  readonly candidates: Candidate[] = []
  more = false
  #toAsk: Inside[] = []

  constructor(request: SweepRequest) {
    this.#request = request
  }

  async add(files: readonly Inside[]): Promise<void> {
    this.#toAsk.push(...files)
    if (this.#toAsk.length >= ASKED_TOGETHER) await this.end()
  }

  async end(): Promise<void> {
    const { open, warehouse, most, signal } = this.#request
    for (const candidate of await notUpToDateOf(open, warehouse, this.#toAsk, signal)) {
      this.more ||= this.candidates.length === most
      if (this.more) break
      open.sightings.see(candidate.listed)
      this.candidates.push(candidate)
    }
    this.#toAsk = []
  }
}

function markOutside({ view }: OpenPipeline, judged: readonly Listed[], inside: readonly { readonly listed: Listed }[]): void {
  const kept = new Set(inside.map(({ listed }) => listed))
  for (const listed of judged) if (!kept.has(listed)) view.addOutside(listed)
}

async function notUpToDateOf(
  { view, pipeline }: OpenPipeline,
  warehouse: Warehouse,
  files: readonly Inside[],
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  if (files.length === 0) return []
  const paths = files.map(({ listed }) => listed.path)
  const candidates = notUpToDate(files, await warehouse.known(pipeline.name, paths, signal))
  const left = new Set(candidates.map(({ listed }) => listed.path))
  for (const { listed } of files) if (!left.has(listed.path)) view.known.set(listed.path, listed.fingerprint)
  return candidates
}

/** What the ledger expects to be in the source, and this sweep has not found. */
async function missingPaths(open: OpenPipeline, warehouse: Warehouse, signal: AbortSignal): Promise<string[]> {
  const { view, pipeline } = open
  if (view.known.countMissing() === 0) return []
  const unfound = new Set<string>()
  const visit = ({ path, isExpected }: Version) => {
    if (isExpected && !view.known.isFound(path)) unfound.add(path)
  }
  await warehouse.visitVersions(pipeline.name, () => visit, signal)
  const known = await warehouse.known(pipeline.name, [...unfound], signal)
  return [...known].flatMap(([path, { fingerprint }]) => {
    if (fingerprint !== '' && expectedKeyOf(open, path) !== undefined) return [path]
    view.known.forget(path)
    return []
  })
}
