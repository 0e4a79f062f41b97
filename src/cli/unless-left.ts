import type { Client } from '@temporalio/client'
import { untilStopped } from './until-stopped.ts'

/** Waits for what goes on elsewhere, for as long as a person does. */
export async function unlessLeft<T>(client: Client, wait: (signal: AbortSignal) => Promise<T>): Promise<T | 'left'> {
  const leaving = new AbortController()
  const { signal } = leaving
  const result = client.withAbortSignal(signal, () => wait(signal))
  const end = await Promise.race([result, untilStopped().then(() => 'left' as const)])
  if (end === 'left') {
    // The server answers a call that waits for the end of a run after 20 seconds, and it would keep the process until then.
    leaving.abort()
    result.catch(() => undefined) // nobody waits for it any more
  }
  return end
}
