import { counted } from '../counted.ts'
import type { PartitionRecord } from '../warehouse/partition-record.ts'
import type { Expect } from './expect.ts'

/** What the ledger says of a partition by itself; undefined when that is for the clock to say, with the reason if files are there. */
export interface KnownState {
  readonly state: 'loading' | 'held' | 'loaded' | 'not expected' | undefined
  readonly reason: string | null
}

/** Most partitions are one of these. */
const NOTHING: KnownState = { state: undefined, reason: null }
const LOADING: KnownState = { state: 'loading', reason: null }
const HELD: KnownState = { state: 'held', reason: null }
const LOADED: KnownState = { state: 'loaded', reason: null }

type Least = Pick<Expect, 'files' | 'rows'>

/** `least`: undefined where whatever is there is enough. */
export function knownState(record: PartitionRecord | undefined, least: Least | undefined): KnownState {
  if (record === undefined) return NOTHING
  if (record.claimed) return LOADING
  if (record.held > 0) return HELD
  const short = shortOf(record, least)
  if (short === undefined) return LOADED
  if (record.files > 0 || record.duplicates > 0) return { state: undefined, reason: short }
  if (record.removed > 0) return { state: 'not expected', reason: 'its rows were taken out' }
  if (record.ignored > 0) return { state: 'not expected', reason: 'left out by `initial`' }
  return NOTHING
}

/** What it has too little of. The rows of a copy are counted where they are. */
function shortOf(
  { files, rows, duplicates }: PartitionRecord,
  { files: leastFiles, rows: leastRows }: Least = ANY,
): string | undefined {
  const here = files + duplicates
  if (here < leastFiles) return `${here} of ${counted(leastFiles, 'file')}`
  return duplicates === 0 && rows < leastRows ? `${rows} of ${counted(leastRows, 'row')}` : undefined
}

const ANY: Least = { files: 1, rows: 0 }
