import type { Display, Progress } from './display.ts'
import { oneLine, print } from './output.ts'
import { paint } from './paint.ts'

type Draw = ((text: string) => void) & { clear(): void; done(): void }

/** A bar for each work that is under way, below all that is said. */
export class BarDisplay implements Display {
  readonly #draw: Draw
  readonly #bars = new Map<string, Progress>()

  private constructor(draw: Draw) {
    this.#draw = draw
  }

  static async on(stream: NodeJS.WriteStream): Promise<BarDisplay> {
    const { createLogUpdate } = await import('log-update') // which most commands never need
    return new BarDisplay(createLogUpdate(stream))
  }

  say(text: string): void {
    // Not by the library's own way to write above: it cuts long lines where the terminal would let them run on.
    if (this.#bars.size > 0) this.#draw.clear()
    print(text)
    if (this.#bars.size > 0) this.#drawAll()
  }

  tell(): void {
    // no words for people
  }

  show(progress: Progress): void {
    this.#bars.set(progress.of, progress)
    this.#drawAll()
  }

  end(lines: readonly string[]): void {
    this[Symbol.dispose]()
    for (const line of lines) print(line)
  }

  [Symbol.dispose](): void {
    if (this.#bars.size === 0) return
    this.#bars.clear()
    this.#draw.clear()
    this.#draw.done()
  }

  #drawAll(): void {
    this.#draw([...this.#bars.values()].flatMap((progress) => barLines(progress)).join('\n'))
  }
}

const CELLS = 30

/** The bar, and below it what it is made of. */
export function barLines({ of, fraction, counts, pace }: Progress): string[] {
  const part = Math.min(1, Math.max(0, fraction))
  const full = Math.floor(part * CELLS)
  const bar = `${paint.cyan('█'.repeat(full))}${paint.dim('░'.repeat(CELLS - full))}`
  const percent = `${Math.floor(part * 100)} %`.padStart(5)
  return [`${bar} ${percent}  ${paint.bold(oneLine(of))}${pace === '' ? '' : `  ${pace}`}`, `  ${oneLine(counts)}`]
}
