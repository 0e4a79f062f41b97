import { condition } from '@temporalio/workflow'
import { add, type Counts, type Tally } from '../src/backfilling/tally.ts'
import type { BackfillState } from './backfill-state.ts'

/** How a backfill stands: what is counted, what is open, whether it is paused. Whoever waits for it waits for its next change. */
export class BackfillCourse {
  readonly at: number
  tally: Tally
  queue: string[]
  after: string | null
  more: boolean
  onChange: () => void = () => undefined
  onPause: () => void = () => undefined
  /** Whether a load of all together is under way, whose word counts. */
  loads = false
  #laterPages: number
  #open = 0
  #paused: boolean
  #done = false
  #changes = 0
  #workedMs: number
  #workingSince: number | undefined

  constructor({ at, tally, queue, after, more, left, paused, workedMs }: BackfillState) {
    this.at = at
    this.tally = tally
    this.queue = [...queue]
    this.after = after
    this.more = more
    this.#laterPages = left
    this.#paused = paused
    this.#workedMs = workedMs
    this.#workingSince = paused ? undefined : Date.now()
  }

  get paused(): boolean {
    return this.#paused
  }

  get state(): 'running' | 'paused' | 'done' {
    return this.#done ? 'done' : this.#paused ? 'paused' : 'running'
  }

  get open(): number {
    return this.#open
  }

  get left(): number {
    return this.#laterPages + this.queue.length + this.#open
  }

  get workedMs(): number {
    return this.#workedMs + (this.#workingSince === undefined ? 0 : Date.now() - this.#workingSince)
  }

  /** For the run that follows. */
  get carried(): BackfillState {
    const { at, tally, queue, after, more, paused, workedMs } = this
    return { version: 1, at, tally, queue, after, more, left: this.#laterPages, paused, workedMs }
  }

  pause(): void {
    this.#workedMs = this.workedMs
    this.#workingSince = undefined
    this.#paused = true
    this.onPause()
    this.changed()
  }

  resume(): void {
    this.#workingSince ??= Date.now()
    this.#paused = false
    this.changed()
  }

  count(more: Counts): void {
    this.tally = add(this.tally, more)
    this.changed()
  }

  /** What is counted of all of it, by who has an overview. */
  become(tally: Tally, left: number): void {
    this.tally = tally
    this.expect(left)
  }

  /** About how many partitions come after those that are queued. */
  expect(later: number): void {
    this.#laterPages = later
    this.changed()
  }

  opened(): void {
    this.#open += 1
    this.changed()
  }

  closed(): void {
    this.#open -= 1
    this.changed()
  }

  end(): void {
    this.#done = true
    this.changed()
  }

  changed(): void {
    this.#changes += 1
    this.onChange()
  }

  /** Until something has changed since the look at it that led here. */
  async nextChange(): Promise<void> {
    const seen = this.#changes
    await condition(() => this.#changes !== seen)
  }
}
