import { ASKED_TOGETHER, notUpToDate } from '../loading/candidate.ts'
import type { OpenPipeline } from '../loading/open-pipelines.ts'
import { within } from '../partitions/pattern.ts'
import type { Listed } from '../sources/source.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { BackfillRequest } from './request.ts'
import { type KeyState, noState, seeFile, verdictOf, type Why } from './state-of-key.ts'
import { STRETCH, type Stretch, type StretchRequest, stretchOf } from './stretch.ts'
import { add, type Counts, NOTHING_YET, type Tally } from './tally.ts'

export interface PageRequest extends BackfillRequest, StretchRequest {
  /** At most so many partitions, of so many bytes together: the page is an answer to a workflow. */
  readonly limit: PageLimit
  readonly stretch?: number
  /** Partitions that are dealt with already: neither started nor counted. */
  readonly isDone?: (key: string) => boolean
}

export interface PageLimit {
  readonly partitions: number
  readonly bytes: number
}

export interface Page {
  /** What to start, in order. */
  readonly partitions: readonly Planned[]
  /** What needs no start, of the partitions of this page. */
  readonly counted: Tally
  /** Where the next page goes on; undefined after the last one. */
  readonly after: string | undefined
  /** About how many partitions later pages start. */
  readonly left: number
}

export interface Planned {
  readonly key: string
  readonly why: Why
  /** Files that must be asked for once more to be read again. */
  readonly again: readonly string[]
  /** As they were listed just now. */
  readonly files: readonly Listed[]
}

/** Lists the source once, compares with the ledger, and answers what to do next. It only reads. */
export async function planPage(
  open: OpenPipeline,
  warehouse: Pick<Warehouse, 'known' | 'loadedKeys'>,
  request: PageRequest,
  signal: AbortSignal,
): Promise<Page> {
  const stretch = stretchOf(open.pipeline.partitions, request, request.stretch ?? STRETCH)
  const states = await statesOf(open, warehouse, request, stretch, signal)
  const keys = stretch.keys()
  const loaded = await warehouse.loadedKeys(open.pipeline.name, keys, signal)
  return pageOf(keys, stretch.beyond(), request, (key) => ({ state: states.get(key), isLoaded: loaded.has(key) }))
}

async function statesOf(
  open: OpenPipeline,
  warehouse: Pick<Warehouse, 'known'>,
  { only }: PageRequest,
  stretch: Stretch,
  signal: AbortSignal,
): Promise<Map<string, KeyState>> {
  const states = new Map<string, KeyState>()
  const pattern = within(open.pattern, (key) => stretch.wants(key))
  for await (const files of together(open.source.list(pattern, signal))) {
    const known = await warehouse.known(
      open.pipeline.name,
      files.map(({ path }) => path),
      signal,
    )
    const inside = files.flatMap((listed) => {
      const key = pattern.keyOf(listed.path)
      return key === undefined ? [] : [{ listed, key }]
    })
    const todo = new Set(notUpToDate(inside, known).map(({ listed }) => listed.path))
    for (const { listed, key } of inside) {
      stretch.found(key)
      const state = states.get(key) ?? noState()
      states.set(key, state)
      const isRead = seeFile(state, listed, todo.has(listed.path), known.get(listed.path), only)
      // Its load comes later, and would else begin to watch it then, in a slot that others wait for.
      if (isRead) open.sightings.see(listed)
    }
    forgetOthers(states, stretch.keys())
  }
  return states
}

/** A stretch of what the source has leaves out its last ones as it finds what comes before. */
function forgetOthers(states: Map<string, KeyState>, keys: readonly string[]): void {
  if (states.size <= keys.length) return
  const kept = new Set(keys)
  for (const key of states.keys()) if (!kept.has(key)) states.delete(key)
}

async function* together(pages: AsyncIterable<readonly Listed[]>): AsyncGenerator<readonly Listed[]> {
  let files: Listed[] = []
  for await (const page of pages) {
    files.push(...page)
    if (files.length < ASKED_TOGETHER) continue
    yield files
    files = []
  }
  if (files.length > 0) yield files
}

function pageOf(
  keys: readonly string[],
  beyond: number,
  { limit, only, isDone = () => false }: PageRequest,
  lookUp: (key: string) => { readonly state: KeyState | undefined; readonly isLoaded: boolean },
): Page {
  const partitions: Planned[] = []
  let counted = NOTHING_YET
  let bytes = 0
  let after: string | undefined
  let left = beyond
  let full = false
  for (const key of keys) {
    if (isDone(key)) {
      if (!full) after = key
      continue
    }
    const { state, isLoaded } = lookUp(key)
    const verdict = verdictOf(state, isLoaded, only)
    full ||= 'start' in verdict && (partitions.length >= limit.partitions || bytes + Buffer.byteLength(key) > limit.bytes)
    if (full) {
      left += 'start' in verdict ? 1 : 0
      continue
    }
    if ('start' in verdict) {
      partitions.push({ key, why: verdict.start, again: state?.again ?? [], files: state?.files ?? [] })
      bytes += Buffer.byteLength(key)
    } else counted = add(counted, countOf(key, verdict.count, state))
    after = key
  }
  const isLast = !full && beyond === 0
  return { partitions, counted, after: isLast ? undefined : after, left }
}

function countOf(key: string, count: 'held' | 'upToDate' | 'leftOut' | 'missing', state: KeyState | undefined): Counts {
  if (count !== 'held') return { [count]: 1 }
  return { held: 1, problems: [{ partition: key, state: 'held', reason: state?.held ?? '' }] }
}
