import { Context } from '@temporalio/activity'
import type { ActivityInterceptors } from '@temporalio/worker'

/** A cancellation arrives with a heartbeat, so this is also how fast a signal acts. */
const BEAT_MS = 900

/**
 * Heartbeats for as long as the work goes on: at once where there are details to tell, else not for what takes only a moment. The context
 * is taken first: inside a listener it is out of reach.
 */
export async function heartbeating<T>(work: (context: Context) => Promise<T>, details?: () => unknown): Promise<T> {
  const context = Context.current()
  const first = details?.()
  if (first !== undefined) context.heartbeat(first)
  const beat = setInterval(() => context.heartbeat(details?.()), BEAT_MS)
  try {
    return await work(context)
  } finally {
    clearInterval(beat)
  }
}

/** Each activity of a queue heartbeats, whatever it waits for; one that takes a moment has ended before the first beat. */
export function beating(context: Context): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        const beat = setInterval(() => context.heartbeat(), BEAT_MS)
        try {
          return await next(input)
        } finally {
          clearInterval(beat)
        }
      },
    },
  }
}
