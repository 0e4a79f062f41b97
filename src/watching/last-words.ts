import { z } from 'zod'
import type { Sighting } from '../sources/sightings.ts'

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
