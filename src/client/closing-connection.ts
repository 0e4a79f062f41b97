import { setTimeout as delay } from 'node:timers/promises'
import { Connection, type ConnectionOptions, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client'

/** Closing waits for the pause before a new try, so it must be short; with more tries, a call lives through 20 seconds without a server. */
const LONGEST_PAUSE_MS = 2_000
const TRIES = 14
/** Timers may come a little late, one after the other. */
const TIMER_MS = 50

/**
 * A connection that can be closed at any moment. The SDK tries a failed call again from a timer, and on a closed channel that throws
 * where nobody can catch it, which ends the process.
 */
export async function closingConnection(
  options: ConnectionOptions,
): Promise<{ readonly connection: Connection; close(): Promise<void> }> {
  const retries = defaultGrpcRetryOptions({ maxAttempts: TRIES })
  let closing = false
  let lastTryAt = 0
  const interceptor = makeGrpcRetryInterceptor({
    retryableDecider: (attempt, status) => !closing && retries.retryableDecider(attempt, status),
    delayFunction: (attempt, status) => {
      const ms = Math.min(LONGEST_PAUSE_MS, retries.delayFunction(attempt, status))
      lastTryAt = Math.max(lastTryAt, performance.now() + ms)
      return ms
    },
  })
  const connection = await Connection.connect({ ...options, interceptors: [interceptor] })
  return {
    connection,
    close: async () => {
      closing = true
      const left = lastTryAt - performance.now()
      if (left > 0) await delay(left + TIMER_MS)
      await connection.close()
    },
  }
}
