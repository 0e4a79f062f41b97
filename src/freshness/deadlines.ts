import type { Expect } from './expect.ts'
import { Ticks } from './ticks.ts'

export type Overdue = 'waiting' | 'late' | 'missing'

/**
 * When what ends at a time is due, and what it is by now if it is not there. Who ends later is never due sooner: so a state is told by a comparison with
 * two moments, and no tick is searched for each partition.
 */
export class Deadlines {
  readonly #expect: Expect
  readonly #ticks: Ticks | undefined
  readonly #late: number
  readonly #missing: number

  constructor(expect: Expect, now: Date) {
    this.#expect = expect
    this.#ticks = expect.due.at === 'tick' ? new Ticks(expect.due) : undefined
    this.#late = this.#lastDueBy(now.getTime() - expect.lateAfterMs)
    this.#missing = this.#lastDueBy(now.getTime() - expect.missingAfterMs)
  }

  stateOf(endMs: number): Overdue {
    return endMs <= this.#missing ? 'missing' : endMs <= this.#late ? 'late' : 'waiting'
  }

  /** Undefined when it is never due. */
  dueOf(endMs: number): number | undefined {
    const { due } = this.#expect
    if (due.at === 'tick') return this.#ticks?.firstFrom(endMs)
    return endMs + (due.at === 'end' ? due.afterMs : due.at === 'next' ? due.everyMs : 0)
  }

  /** The moments at which what was due then becomes late and missing. */
  after(dueMs: number): { readonly lateMs: number; readonly missingMs: number } {
    return { lateMs: dueMs + this.#expect.lateAfterMs, missingMs: dueMs + this.#expect.missingAfterMs }
  }

  /** The last end that was due by then. */
  #lastDueBy(ms: number): number {
    const { due } = this.#expect
    if (due.at === 'tick') return this.#ticks?.lastUntil(ms) ?? Number.NEGATIVE_INFINITY
    return ms - (due.at === 'end' ? due.afterMs : due.at === 'next' ? due.everyMs : 0)
  }
}
