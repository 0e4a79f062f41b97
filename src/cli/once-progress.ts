import { counted } from '../counted.ts'
import { paceOf } from '../pace-of.ts'
import { timeInWords } from '../time-in-words.ts'
import type { Progress } from './display.ts'
import type { Survey } from './survey.ts'

/** How far `up --once` is with a pipeline: what one look after the other finds. */
export class OnceProgress {
  #first: Counted | undefined
  #doneBefore = 0
  #total = 0
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Undefined while nothing was to be done. */
  look({ pipeline, loaded: loadedNow, rows: rowsNow, held, unsettled, retrying }: Survey): Progress | undefined {
    this.#first ??= { loaded: loadedNow, rows: rowsNow, held, at: this.#now() }
    const loaded = Math.max(0, loadedNow - this.#first.loaded)
    const rows = rowsNow - this.#first.rows
    const failed = retrying.length
    const found = unsettled + failed
    // A look lists first and counts then: what is loaded in between is in both. What was counted before the listing is not.
    this.#total = Math.max(this.#total, found + this.#doneBefore)
    this.#doneBefore = loaded + Math.max(0, held - this.#first.held)
    const left = Math.min(found, Math.max(0, this.#total - this.#doneBefore))
    if (found === 0 && loaded === 0) return undefined
    const { rate, secondsLeft } = paceOf(loaded, this.#now() - this.#first.at, left)
    const counts = [
      `${counted(loaded, 'file')} loaded (${counted(rows, 'row')})`,
      ...(held > 0 ? [`${held} held`] : []),
      ...(failed > 0 ? [`${counted(failed, 'partition')} failed`] : []),
    ]
    return {
      of: pipeline,
      fraction: left === 0 ? 1 : this.#doneBefore / (this.#doneBefore + left),
      counts: `${counts.join(', ')}; ${left} to go`,
      pace: rate === null || left === 0 ? '' : `${rate.toFixed(1)}/s, ${timeInWords((secondsLeft ?? 0) * 1_000)} left`,
      fields: { pipeline, loaded, rows, held, failed, left, rate, secondsLeft },
    }
  }
}

/** At the first look. */
interface Counted {
  readonly loaded: number
  readonly rows: number
  readonly held: number
  readonly at: number
}
