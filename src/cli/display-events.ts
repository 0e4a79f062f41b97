import type { Display, Event, Progress } from './display.ts'
import { printJson } from './output.ts'

/** Events on the error output, a line each, as they happen; the result alone is on the standard output. */
export class EventDisplay implements Display {
  readonly #last = new Map<string, string>()

  say(text: string, event: Event = { event: 'said', text }): void {
    this.tell(event)
  }

  tell(event: Event): void {
    process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`)
  }

  show({ of, counts, fields }: Progress): void {
    if (this.#last.get(of) === counts) return
    this.#last.set(of, counts)
    this.tell({ event: 'progress', ...fields })
  }

  end(_: readonly string[], result: unknown): void {
    printJson(result)
  }

  [Symbol.dispose](): void {
    // nothing is held
  }
}
