import type { Guess } from './guess.ts'

/** Counts what no pipeline loads, by the reason. */
export class LeftOut {
  readonly #byReason = new Map<string, { count: number; readonly example: string }>()

  add(reason: string, paths: readonly string[]): void {
    const [example] = paths
    if (example === undefined) return
    const known = this.#byReason.get(reason)
    if (known === undefined) this.#byReason.set(reason, { count: paths.length, example })
    else known.count += paths.length
  }

  all(): Guess['leftOut'] {
    return [...this.#byReason].map(([reason, { count, example }]) => ({ reason, count, example }))
  }
}
