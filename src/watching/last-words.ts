import { z } from 'zod'
import type { Sighting } from '../sources/sightings.ts'
import type { Mark } from './mark.ts'

const HEARTBEAT = z.object({
  sightings: z.array(
    z.object({ path: z.string(), fingerprint: z.string(), watchedMs: z.number(), seenMs: z.number().default(0) }),
  ),
})

/** The sightings in the heartbeat of a turn that was lost; none when there was none, or when older code has sent it. */
export function sightingsOf(heartbeat: unknown): readonly Sighting[] {
  const read = HEARTBEAT.safeParse(heartbeat)
  return read.success ? read.data.sightings : []
}

const MARKED = z.object({ mark: z.object({ after: z.string(), sweptAt: z.iso.datetime(), of: z.string() }).nullable() })

/** The mark in that heartbeat, which may be none; undefined when there was no heartbeat, or when older code has sent it. */
export function markOf(heartbeat: unknown): Mark | null | undefined {
  const read = MARKED.safeParse(heartbeat)
  return read.success ? read.data.mark : undefined
}
