import { isLeftOut } from '../loading/begin.ts'
import { ASKED_TOGETHER, type Candidate, inWindow, notUpToDate } from '../loading/candidate.ts'
import type { FilesByKey } from '../loading/files-by-key.ts'
import type { OpenPipeline } from '../loading/open-pipelines.ts'
import type { Listed } from '../sources/source.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'

interface Along {
  /** Gets what a partition has, where somebody counts that. */
  readonly found: FilesByKey
  /** Gets what is there, by its path, where loaded files are taken away. */
  readonly there: Map<string, string>
  readonly onListing: () => void
}

/** All files of a source that its ledger does not have as they are. */
export async function* notUpToDateOf(
  open: OpenPipeline,
  warehouse: Warehouse,
  { found, there, onListing }: Along,
): AsyncGenerator<Candidate> {
  const { signal } = new AbortController()
  const { name, initial, afterLoad } = open.pipeline
  // First, for it goes on by itself while the ledger is read.
  const pages = open.source.list(open.pattern, signal)
  try {
    let turn = await pages.next()
    onListing()
    const begun = initial.since === 'all' || (await warehouse.hasBegun(name))
    // One question to the ledger costs as much as to read all of it: first what it has, then what is not found so.
    await open.view.refresh(warehouse, name, signal)
    const decided = new Set((await warehouse.openDecisions(name)).map(({ path }) => path))
    const ask = async (listed: readonly Listed[]) => {
      const paths = listed.map(({ path }) => path)
      const known = await warehouse.known(name, paths, signal)
      return notUpToDate(inWindow(open, listed), known).filter(
        (candidate) => begun || known.has(candidate.listed.path) || !isLeftOut(initial, candidate.listed),
      )
    }
    let toAsk: Listed[] = []
    for (; !turn.done; turn = await pages.next()) {
      const page = turn.value
      if (afterLoad.kind !== 'keep') for (const { path, fingerprint } of page) there.set(path, fingerprint)
      if (found.counts) found.add(inWindow(open, page))
      for (const listed of page)
        if (decided.has(listed.path) || !open.view.known.has(listed.path, listed.fingerprint)) toAsk.push(listed)
      if (toAsk.length < ASKED_TOGETHER) continue
      yield* await ask(toAsk)
      toAsk = []
    }
    if (toAsk.length > 0) yield* await ask(toAsk)
  } finally {
    await pages.return(undefined)
  }
}
