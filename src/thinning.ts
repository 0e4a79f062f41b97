export interface ThinningOptions {
  /** The first time is not due before. */
  readonly firstMs: number
  readonly leastMs: number
  readonly mostMs: number
  readonly now?: () => number
}

/** A pause grows with what has gone by, so that an hour of work is told as fully as a minute, in not many more words. */
const SHARE = 0.1

/** Answers, each time that there is something to tell, whether it is time to: less and less often. */
export function thinning({ firstMs, leastMs, mostMs, now = () => performance.now() }: ThinningOptions): () => boolean {
  const begun = now()
  let next = begun + firstMs
  return () => {
    const at = now()
    if (at < next) return false
    next = at + Math.min(mostMs, Math.max(leastMs, SHARE * (at - begun)))
    return true
  }
}
