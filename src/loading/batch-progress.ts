import { counted } from '../counted.ts'
import { paceOf } from '../pace-of.ts'
import { timeInWords } from '../time-in-words.ts'
import type { BatchPass } from './load-batch.ts'

/** How far a batch is, all of its passes together. Pure: the workflow reads it. */
export interface BatchProgress {
  readonly state: 'running' | 'done'
  readonly loaded: number
  readonly rows: number
  readonly held: number
  /** Files that change, that others load, or that cannot be read: for a later pass, or for the sensor. */
  readonly left: number
  /** Files that this pass comes to later. */
  readonly toGo: number
  /** Files a second, in this pass; null when nothing was done yet. */
  readonly rate: number | null
  readonly secondsLeft: number | null
}

export interface BatchTotals {
  readonly loaded: number
  readonly held: number
  readonly rows: number
}

/** What a pass has done so far, for its heartbeats and its workflow. */
export interface PassProgress extends BatchTotals, Pick<BatchProgress, 'left' | 'toGo' | 'rate' | 'secondsLeft'> {}

export const NO_PASS: PassProgress = { loaded: 0, held: 0, rows: 0, left: 0, toGo: 0, rate: null, secondsLeft: null }

export function passProgress({ loaded, held, rows, left }: BatchPass, toGo: number, workedMs: number): PassProgress {
  return { loaded, held, rows, left, toGo, ...paceOf(loaded + held, workedMs, toGo) }
}

/** For the Web UI, in Markdown. */
export function batchTable({ state, loaded, rows, held, left, toGo, rate, secondsLeft }: BatchProgress): string {
  return [
    `**${state}**`,
    '',
    '| done | held | left for later | to go | rate | time left |',
    '|---|---|---|---|---|---|',
    `| ${[
      `${counted(loaded, 'file')} (${counted(rows, 'row')})`,
      held,
      left,
      toGo,
      rate === null ? '' : `${rate.toFixed(1)}/s`,
      secondsLeft === null || toGo === 0 ? '' : timeInWords(secondsLeft * 1_000),
    ].join(' | ')} |`,
  ].join('\n')
}
