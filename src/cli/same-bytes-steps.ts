import { shellWord } from '../shell-word.ts'
import type { Listed, Source } from '../sources/source.ts'
import type { LedgerEntry } from '../warehouse/ledger.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Step } from './explanation.ts'

/** Enough to see what they are. */
const SHOWN = 5

interface Asked {
  readonly source: Pick<Source, 'stat'>
  readonly warehouse: Pick<Warehouse, 'files'>
  readonly newest: LedgerEntry
  readonly listed: Listed | undefined
}

/** Which other paths with the same bytes are in the table: a rename is a new path and a gone one. */
export async function sameBytesSteps({ source, warehouse, newest, listed }: Asked): Promise<Step[]> {
  const { pipeline, path, content_hash: contentHash, rows, status } = newest
  if (contentHash === null || rows === 0 || !['loaded', 'duplicate', 'held'].includes(status)) return []
  const same = (await warehouse.files(pipeline, { contentHash, versions: true })).filter(
    (other) => other.status === 'loaded' && other.path !== path,
  )
  const steps: Step[] = []
  for (const other of same.slice(0, SHOWN)) {
    const there = (await source.stat(other.path).catch(() => undefined)) !== undefined || other.after_load === 'done'
    const rename =
      status !== 'loaded'
        ? 'which is loaded'
        : !there && listed !== undefined
          ? `which is gone; \`tidemark remove ${shellWord(other.path)}\` takes its old rows out`
          : there && listed === undefined && newest.after_load !== 'done'
            ? `which is there; \`tidemark remove ${shellWord(path)}\` takes the old rows out`
            : 'which is loaded too'
    steps.push({ step: 'identity', text: `the same bytes as ${other.path}, ${rename}`, at: other.loaded_at })
  }
  if (same.length > SHOWN) steps.push({ step: 'identity', text: `and as ${same.length - SHOWN} more paths`, at: null })
  return steps
}
