import { thinning } from '../thinning.ts'
import type { Display, Progress } from './display.ts'
import { print } from './output.ts'

/** A log of an hour is read as one of a minute: lines come less and less often, and at least each minute. */
const LINES = { firstMs: 2_000, leastMs: 1_000, mostMs: 60_000 }

/** Where there is no terminal. */
export class LineDisplay implements Display {
  readonly #shown = new Map<string, { last: string; readonly isDue: () => boolean }>()

  say(text: string): void {
    print(text)
  }

  tell(): void {
    // no words for people
  }

  show({ of, counts, pace }: Progress): void {
    const shown = this.#shown.get(of) ?? { last: '', isDue: thinning(LINES) }
    this.#shown.set(of, shown)
    if (counts === shown.last || !shown.isDue()) return
    shown.last = counts
    print(`${of}: ${counts}${pace === '' ? '' : `; ${pace}`}`)
  }

  end(lines: readonly string[]): void {
    for (const line of lines) print(line)
  }

  [Symbol.dispose](): void {
    // nothing is held
  }
}
