import { Context } from '@temporalio/activity'

/** A cancellation arrives with a heartbeat, so this is also how fast a signal acts. */
const BEAT_MS = 900

/** Heartbeats for as long as the work goes on. The context is taken first: inside a listener it is out of reach. */
export async function heartbeating<T>(
  work: (context: Context) => Promise<T>,
  details: () => unknown = () => undefined,
): Promise<T> {
  const context = Context.current()
  context.heartbeat(details())
  const beat = setInterval(() => context.heartbeat(details()), BEAT_MS)
  try {
    return await work(context)
  } finally {
    clearInterval(beat)
  }
}
