import type { ScheduleDescription } from '@temporalio/client'

type Described = Pick<ScheduleDescription, 'state' | 'info'>

/** When the schedule does something next, ISO in UTC. One that has missed ticks names those first, until it runs; one that is paused does nothing. */
export function nextTickOf(
  {
    state,
    info,
  }: { readonly state: Pick<Described['state'], 'paused'>; readonly info: Pick<Described['info'], 'nextActionTimes'> },
  now = new Date(),
): string | null {
  if (state.paused) return null
  return info.nextActionTimes.find((at) => at > now)?.toISOString() ?? null
}
