import { setTimeout as delay } from 'node:timers/promises'

const LOOK_EVERY_MS = 50
const GIVE_UP_MS = 90_000

/** Looks until what is found is something, and answers it. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  giveUpMs = GIVE_UP_MS,
): Promise<T> {
  const end = performance.now() + giveUpMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > end) throw new Error(`expected ${what} within ${giveUpMs / 1000} s`)
    await delay(LOOK_EVERY_MS)
  }
}
