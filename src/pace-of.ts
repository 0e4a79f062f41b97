export interface Pace {
  /** A second, while it works; null when nothing was done yet. */
  readonly rate: number | null
  readonly secondsLeft: number | null
}

/** How fast so much was done, and how long the rest will take. */
export function paceOf(done: number, workedMs: number, left: number): Pace {
  if (done === 0 || workedMs <= 0) return { rate: null, secondsLeft: null }
  const rate = (done * 1_000) / workedMs
  return { rate, secondsLeft: Math.round(left / rate) }
}
