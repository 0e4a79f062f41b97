import type { BackfillProgress } from '../backfilling/progress.ts'
import { type BackfillRequest, CONCURRENCY } from '../backfilling/request.ts'
import type { Tally } from '../backfilling/tally.ts'
import { counted } from '../counted.ts'
import { shellWord } from '../shell-word.ts'
import { timeInWords } from '../time-in-words.ts'
import { commandLine } from './command-line.ts'
import type { Progress } from './display.ts'
import { oneLine } from './output.ts'

/** How far it is, in a line. */
export function progressLine(pipeline: string, progress: BackfillProgress): string {
  const { of, counts, pace } = shownProgress({ pipeline }, progress)
  return `${of}: ${counts}${pace === '' ? '' : `; ${pace}`}`
}

/** As a display shows it. A program gets what `--progress --json` prints. */
export function shownProgress(of: { readonly pipeline: string; readonly name?: string }, progress: BackfillProgress): Progress {
  const { state, loaded, held, failed, waiting, left, rate, secondsLeft } = progress
  const done = loaded + held + failed + waiting
  return {
    of: of.pipeline,
    fraction: done + left === 0 ? 0 : done / (done + left),
    counts: `${state === 'paused' ? 'paused; ' : ''}${countsOf(progress)}; ${left} to go`,
    pace: rate === null || left === 0 ? '' : `${rate.toFixed(1)}/s, ${timeInWords((secondsLeft ?? 0) * 1_000)} left`,
    fields: { ...of, ...progress },
  }
}

/** What was asked for, and how it was typed. */
export interface Asked extends BackfillRequest {
  readonly config?: string | undefined
  readonly name?: string | undefined
}

/** What came of it, what is not loaded, and how to try only that again. */
export function resultLines({ name: _, ...request }: Asked, tally: Tally): string[] {
  const { pipeline } = request
  const { problems, held, failed, waiting, leftOut } = tally
  const lines = [`${pipeline}: ${countsOf(tally)}`]
  for (const { partition, state, reason } of problems) lines.push(oneLine(`  ${state} ${partition}: ${reason}`))
  const unnamed = held + failed + waiting - problems.length
  if (unnamed > 0) lines.push(`  and ${unnamed} more`)
  if (held > 0) lines.push(`  when what holds them is mended, try those again: \`${commandOf({ ...request, only: 'held' })}\``)
  if (failed + waiting > 0) lines.push(`  try again what is not loaded: \`${commandOf(request)}\``)
  if (leftOut > 0) lines.push(`  ${counted(leftOut, 'partition')} more not up to date, left out by --only ${request.only}`)
  return lines
}

/** How to come back to one that goes on. */
export function detachedLines(
  request: Asked,
  { name, workflowId }: { readonly name: string; readonly workflowId: string },
): string[] {
  const steer = commandLine(['backfill', request.pipeline, '--name', name], request.config)
  return [
    `it goes on as workflow ${workflowId}; to follow it again: \`${commandOf(request)}\``,
    `\`${steer} --progress\` says how far it is; also --pause, --resume, --cancel`,
  ]
}

function countsOf({ loaded, rows, held, failed, waiting, missing, upToDate }: Tally): string {
  const parts = [`${counted(loaded, 'partition')} loaded (${counted(rows, 'row')})`]
  for (const [count, what] of [
    [held, 'held'],
    [failed, 'failed'],
    [waiting, 'waiting'],
    [missing, 'missing'],
  ] as const)
    if (count > 0) parts.push(`${count} ${what}`)
  return [...parts, `${upToDate} up to date`].join(', ')
}

/** The command that asks for the same. */
export function commandOf(request: Asked): string {
  const { pipeline, from, to, partitions, only, newestFirst, concurrency, singleRun, config, name } = request
  const words = ['backfill', pipeline]
  if (from !== undefined) words.push('--from', from)
  if (to !== undefined) words.push('--to', to)
  if (only !== undefined) words.push('--only', only)
  if (newestFirst) words.push('--newest-first')
  if (singleRun) words.push('--single-run')
  if (concurrency !== undefined && concurrency !== CONCURRENCY) words.push('--concurrency', String(concurrency))
  if (name !== undefined) words.push('--name', name)
  // The last one takes all words that follow.
  return `${commandLine(words, config)}${partitions === undefined ? '' : ` --partition ${partitions.map(shellWord).join(' ')}`}`
}
