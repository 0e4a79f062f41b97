import type { Candidate } from '../loading/candidate.ts'
import type { OpenPipeline } from '../loading/open-pipelines.ts'
import type { Ready } from './readiness.ts'

/** A path with many files tells the load enough with these. */
const HINTS_EACH = 5
/** What else is gone, the next sweep hands out. */
const ABSENT_EACH = 20

export function readyPartition(
  { pipeline, sightings }: OpenPipeline,
  key: string,
  candidates: readonly Candidate[],
  absent: readonly string[],
): Ready {
  const watchedMs = pipeline.source.settleMs
  const seen = candidates.map(({ listed: { path, fingerprint } }) => {
    return { path, fingerprint, watchedMs, seenMs: Math.max(watchedMs, sightings.firstSeenMsAgo(path) ?? 0) }
  })
  // Those that were there first: from them a deadline counts.
  const hints = seen.sort((a, b) => b.seenMs - a.seenMs).slice(0, HINTS_EACH)
  return { key, hints, ...(absent.length === 0 ? {} : { absent: absent.slice(0, ABSENT_EACH) }) }
}

/** Tells whether what a partition is handed out for has changed since the last time. */
export function fingerprintOf(candidates: readonly Candidate[], absent: readonly string[]): string {
  return [...candidates.map(({ listed }) => `${listed.path}\0${listed.fingerprint}`), ...absent].join('\0')
}
