import { judgeKey } from '../partitions/keys.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { arrivalFault, type Gathered } from './arrived.ts'
import type { Candidate } from './candidate.ts'
import type { OpenPipeline } from './open-pipelines.ts'
import { regular, type Waiting, wholeOf } from './whole-files.ts'

export type { Waiting }

export interface Judged {
  readonly ready: readonly Candidate[]
  readonly waiting: readonly Waiting[]
  /** Until a partition's deadline, for those that wait for it and were watched. */
  readonly deadlineInMs: ReadonlyMap<string, number>
}

export interface JudgeRequest {
  readonly open: OpenPipeline
  readonly warehouse: Pick<Warehouse, 'files'>
  /** Settled, and not up to date: all that there are of each partition. */
  readonly candidates: readonly Candidate[]
  /** How many files of a partition the source lists. */
  readonly filesOf: (key: string) => number
  /** Partitions with files that have not settled. */
  readonly unsettled: ReadonlySet<string>
}

/** The one place that tells what may be loaded, as far as markers, manifests and a partition's arrival go, and why the rest waits. */
export async function judge(request: JudgeRequest): Promise<Judged> {
  const { open, candidates } = request
  const { companions, pipeline } = open
  if (!companions.done && !companions.manifest && !pipeline.arrival)
    return { ready: candidates, waiting: [], deadlineInMs: new Map() }
  const ready: Candidate[] = []
  const waiting: Waiting[] = []
  const deadlineInMs = new Map<string, number>()
  for (const [key, files] of byKey(candidates)) {
    // What is held without a look into it waits for nothing.
    const valid = judgeKey(pipeline.partitions, key).verdict === 'valid'
    const readable = files.filter(({ listed }) => valid && listed.refused === undefined)
    ready.push(...files.filter((file) => !readable.includes(file)))
    const { whole, partial } = await wholeOf(request, key, readable)
    waiting.push(...partial)
    const missed = await notArrived(request, key, whole, partial)
    if (missed === undefined) ready.push(...whole)
    else {
      waiting.push(...whole.map((candidate) => ({ candidate, reason: missed.reason })))
      if (missed.deadlineInMs !== undefined) deadlineInMs.set(key, missed.deadlineInMs)
    }
  }
  return { ready, waiting, deadlineInMs }
}

export function byKey(candidates: readonly Candidate[]): Map<string, Candidate[]> {
  const keys = new Map<string, Candidate[]>()
  for (const candidate of candidates) {
    const files = keys.get(candidate.key)
    if (files === undefined) keys.set(candidate.key, [candidate])
    else files.push(candidate)
  }
  return keys
}

async function notArrived(
  { open, warehouse, filesOf, unsettled }: JudgeRequest,
  key: string,
  whole: readonly Candidate[],
  partial: readonly Waiting[],
): Promise<{ reason: string; deadlineInMs?: number } | undefined> {
  const { pipeline, companions, source, sightings } = open
  const { arrival } = pipeline
  if (arrival === undefined || whole.length === 0) return undefined
  const markerPath = companions.marker?.(key)
  const seen = [...whole, ...partial.map(({ candidate }) => candidate)].map(({ listed }) => sightings.firstSeenMsAgo(listed.path))
  const gathered: Gathered = {
    files: filesOf(key),
    markerPath,
    markerThere: markerPath !== undefined && (await regular(source, markerPath)) !== undefined,
    unfinished: unsettled.has(key) || partial.some(({ stray }) => !stray),
    seenMs: longest(seen),
  }
  if (arrivalFault(arrival, gathered) === undefined) return undefined
  const known = await warehouse.files(pipeline.name, { key, versions: true })
  // What has arrived once stays so: files that were taken away after their load, deleted or removed are not waited for again.
  // A file is read when it has, and not before.
  if (known.some(({ content_hash }) => content_hash !== null)) return undefined
  const seenMs = longest([gathered.seenMs, ...known.map(({ first_seen_at }) => ageOf(first_seen_at))])
  const reason = arrivalFault(arrival, { ...gathered, seenMs })
  if (reason === undefined) return undefined
  const { deadlineMs } = arrival
  return seenMs === undefined || deadlineMs === undefined ? { reason } : { reason, deadlineInMs: deadlineMs - seenMs }
}

function ageOf(time: string | null): number | undefined {
  return time === null ? undefined : Date.now() - Date.parse(time)
}

function longest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((ms) => ms !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}
