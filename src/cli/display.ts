import { BarDisplay } from './display-bar.ts'
import { EventDisplay } from './display-events.ts'
import { LineDisplay } from './display-lines.ts'

/** What a program is told, with `--json`: a line of JSON on the error output. */
export interface Event {
  readonly event: string
  readonly [field: string]: unknown
}

/** How far some work is. */
export interface Progress {
  /** A pipeline, or one of its partitions. */
  readonly of: string
  /** From 0 to 1. */
  readonly fraction: number
  /** `124 partitions loaded (992 rows), 3 held; 75 to go`. */
  readonly counts: string
  /** `12.1/s, 6 s left`; empty while that is not known. */
  readonly pace: string
  /** The same for a program; a progress whose pace alone has changed is not told. */
  readonly fields: Readonly<Record<string, unknown>>
}

/** Where a command shows what happens while it works, and what came of it. Disposing of it leaves no bar behind. */
export interface Display extends Disposable {
  /** Words to people; a program gets the event. */
  say(text: string, event?: Event): void
  /** Of interest to a program only. */
  tell(event: Event): void
  show(progress: Progress): void
  /** The last word: lines to people, one document to a program. */
  end(lines: readonly string[], result: unknown): void
}

/** A bar on a terminal, lines elsewhere; for a program, events. */
export async function displayFor({ json }: { readonly json: boolean }): Promise<Display> {
  if (json) return new EventDisplay()
  return isScreen(process.stdout) ? await BarDisplay.on(process.stdout) : new LineDisplay()
}

/** A terminal without a size, as some containers have, can show no bar. */
function isScreen({ isTTY, rows, columns }: NodeJS.WriteStream): boolean {
  return isTTY && rows > 0 && columns > 0 && process.env.TERM !== 'dumb'
}
