import { Cron } from 'croner'

/** Croner counts in whole seconds, and leaves out the time that it is asked for. */
const SECOND_MS = 1_000

/** The moments of a cron expression. */
export class Ticks {
  readonly #cron: Cron

  constructor({ cron, timezone }: { readonly cron: string; readonly timezone: string }) {
    this.#cron = new Cron(cron, { timezone, mode: '5-part', paused: true })
  }

  /** The first one at or after a time; undefined when there is none, as with 30 February. */
  firstFrom(ms: number): number | undefined {
    const beforeIt = Math.ceil(ms / SECOND_MS) * SECOND_MS - SECOND_MS
    return this.#cron.nextRun(new Date(beforeIt))?.getTime()
  }

  /** The last one at or before a time. */
  lastUntil(ms: number): number | undefined {
    const afterIt = Math.floor(ms / SECOND_MS) * SECOND_MS + SECOND_MS
    return this.#cron.previousRuns(1, new Date(afterIt))[0]?.getTime()
  }
}
