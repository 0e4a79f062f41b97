import { setTimeout as delay } from 'node:timers/promises'
import { unlessAborted } from '../unless-aborted.ts'

const LOOK_EACH_MS = 1_000

/** Looks each second until it is stopped. Without a worker there is no answer, and the next look may find one. */
export async function follow<T>(look: () => Promise<T>, show: (found: T) => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await delay(LOOK_EACH_MS, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    const found = await unlessAborted(look(), signal).catch(() => undefined)
    if (found !== undefined && !signal.aborted) show(found)
  }
}
