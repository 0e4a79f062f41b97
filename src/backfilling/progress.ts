import { counted } from '../counted.ts'
import { type Pace, paceOf } from '../pace-of.ts'
import { timeInWords } from '../time-in-words.ts'
import type { Tally } from './tally.ts'

/** How far a backfill is. */
export interface BackfillProgress extends Tally {
  readonly state: 'running' | 'paused' | 'done'
  /** Partitions whose import is under way. */
  readonly open: number
  /** About how many are still to be done, those that are open among them. */
  readonly left: number
  /** Partitions a second, while it works; null when nothing was done yet. */
  readonly rate: number | null
  readonly secondsLeft: number | null
  /** For how long it has worked, pauses left out. */
  readonly workedMs: number
}

/** How fast so many partitions were dealt with, and how long the rest will take. */
export function pace(tally: Tally, workedMs: number, left: number): Pace {
  return paceOf(tally.loaded + tally.held + tally.failed + tally.waiting, workedMs, left)
}

/** For the Web UI, in Markdown. */
export function progressTable(progress: BackfillProgress): string {
  const { state, loaded, rows, held, failed, waiting, missing, upToDate, leftOut, left, open, rate, secondsLeft, problems } =
    progress
  const lines = [
    `**${state}**`,
    '',
    '| done | held | failed | waiting | missing | up to date | left | rate | time left |',
    '|---|---|---|---|---|---|---|---|---|',
    `| ${[
      `${loaded} (${counted(rows, 'row')})`,
      held,
      failed,
      waiting,
      missing,
      upToDate,
      `${left}, ${open} of them open`,
      rate === null ? '' : `${rate.toFixed(1)}/s`,
      secondsLeft === null || left === 0 ? '' : timeInWords(secondsLeft * 1_000),
    ].join(' | ')} |`,
  ]
  if (leftOut > 0) lines.push('', `${leftOut} others are not up to date either, and were not asked for`)
  if (problems.length > 0) lines.push('', ...problems.map(({ partition, state, reason }) => `- ${state} ${partition}: ${reason}`))
  return lines.join('\n')
}
