import type { Candidate } from '../loading/candidate.ts'
import type { OpenPipeline } from '../loading/open-pipelines.ts'

/** More partitions than this at once are a batch's work. */
export const MOST_AT_ONCE = 20
/** So long a batch takes to begin: for a crowd it is asked for before that has settled. It sees for itself that it has, as every load does. */
const BATCH_BEGINS_MS = 300

export function partitionsOf(files: readonly Candidate[]): number {
  return new Set(files.map(({ key }) => key)).size
}

/** How much sooner than it settles a crowd is looked at; nothing where few files settle. */
export function soonerMs(open: OpenPipeline, settling: readonly Candidate[]): number {
  return isAskedForEarly(open) && partitionsOf(settling) > MOST_AT_ONCE ? BATCH_BEGINS_MS : 0
}

/** Of these the files that have settled or are about to, where they are a crowd; none where they are not. */
export function crowdIn(open: OpenPipeline, files: readonly Candidate[]): readonly Candidate[] {
  if (!isAskedForEarly(open)) return []
  const { pipeline, sightings } = open
  const soon = files.filter(({ listed }) => sightings.settlesInMs(listed, pipeline.source.settleMs) <= BATCH_BEGINS_MS)
  return partitionsOf(soon) > MOST_AT_ONCE ? soon : []
}

/** Not where the batch's own look costs requests, and not where settled files may still wait for others. */
function isAskedForEarly({ source, companions, pipeline }: OpenPipeline): boolean {
  const waits = companions.done !== undefined || companions.manifest !== undefined || pipeline.arrival !== undefined
  return !source.can.remote && !waits
}
