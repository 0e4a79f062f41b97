import { setTimeout as delay } from 'node:timers/promises'
import { statAll } from '../sources/stat-all.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Candidate } from './candidate.ts'
import { judge, type Waiting } from './judge.ts'
import type { OpenPipeline } from './open-pipelines.ts'

export interface SettleRequest {
  readonly open: OpenPipeline
  readonly warehouse: Pick<Warehouse, 'files'>
  readonly candidates: readonly Candidate[]
  /** How many files of a partition the source lists. */
  readonly filesOf: (key: string) => number
  /** Told how many files are waited for. */
  readonly onSettling?: (files: number) => void
  readonly signal: AbortSignal
}

/** What may be loaded now: it has settled, or is marked whole, and its partition has arrived. */
export async function loadable({ open, warehouse, candidates, filesOf, onSettling, signal }: SettleRequest): Promise<{
  ready: readonly Candidate[]
  unsettled: readonly Candidate[]
  waiting: readonly Waiting[]
}> {
  const { ready: still, unsettled } = await settled(open, candidates, signal, onSettling)
  const judged = await judge({ open, warehouse, candidates: still, filesOf, unsettled: new Set(unsettled.map(({ key }) => key)) })
  return { ready: judged.ready, unsettled, waiting: judged.waiting }
}

/**
 * Records a look at each file and, where that is not enough to call it settled, looks again after what is left of `settle`.
 * What has changed or gone by then is left out: it is early for it.
 */
export async function settled(
  open: OpenPipeline,
  candidates: readonly Candidate[],
  signal: AbortSignal,
  onSettling?: (files: number) => void,
): Promise<{ ready: readonly Candidate[]; unsettled: readonly Candidate[] }> {
  const { sightings, pipeline } = open
  for (const { listed } of candidates) sightings.see(listed)
  const waiting = candidates.filter(({ listed }) => !sightings.isSettled(listed, pipeline.source.settleMs))
  if (waiting.length === 0) return { ready: candidates, unsettled: [] }
  onSettling?.(waiting.length)
  const { settleMs } = pipeline.source
  await watchedFor(
    waiting.reduce((most, { listed }) => Math.max(most, sightings.settlesInMs(listed, settleMs)), 0),
    signal,
  )
  const unsettled = new Set<Candidate>()
  const looks = await statAll(
    open.source,
    waiting.map(({ listed }) => listed.path),
  )
  for (const candidate of waiting) {
    const { path, fingerprint } = candidate.listed
    // A sweep forgets what is up to date for it, such as a file that somebody wants read again: what was seen here was seen all the same.
    if (sightings.firstSeenMsAgo(path) === undefined) sightings.seed({ path, fingerprint, watchedMs: pipeline.source.settleMs })
    const now = looks.get(path)
    if (now !== undefined) sightings.see(now)
    if (now?.fingerprint !== fingerprint || !sightings.isSettled(now, pipeline.source.settleMs)) unsettled.add(candidate)
  }
  return { ready: candidates.filter((candidate) => !unsettled.has(candidate)), unsettled: [...unsettled] }
}

/** A timer may end almost a millisecond early, and what has been watched for less than `settle` has not settled. */
async function watchedFor(ms: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + ms
  for (let left = ms; left > 0; left = end - performance.now()) await delay(left, undefined, { signal })
}
