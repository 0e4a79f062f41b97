import type { BackfillProgress } from '../backfilling/progress.ts'
import { type BackfillRequest, CONCURRENCY } from '../backfilling/request.ts'
import type { Tally } from '../backfilling/tally.ts'
import { counted } from '../counted.ts'
import { inWords } from '../pace-of.ts'
import { shellWord } from '../shell-word.ts'
import { oneLine } from './output.ts'

/** How far it is, in a line. */
export function progressLine(pipeline: string, progress: BackfillProgress): string {
  const { state, left, rate, secondsLeft } = progress
  const pace = rate === null || left === 0 ? '' : `; ${rate.toFixed(1)}/s, ${inWords(secondsLeft ?? 0)} left`
  return `${pipeline}: ${state === 'paused' ? 'paused; ' : ''}${countsOf(progress)}; ${left} to go${pace}`
}

/** What came of it, what is not loaded, and how to try only that again. */
export function resultLines(request: BackfillRequest, tally: Tally): string[] {
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

export function detachedLines(
  pipeline: string,
  { name, workflowId }: { readonly name: string; readonly workflowId: string },
): string[] {
  const steer = `tidemark backfill ${shellWord(pipeline)} --name ${shellWord(name)}`
  return [`it goes on as workflow ${workflowId}; \`${steer} --progress\` says how far it is; also --pause, --resume, --cancel`]
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
export function commandOf({
  pipeline,
  from,
  to,
  partitions,
  only,
  newestFirst,
  concurrency,
  singleRun,
}: BackfillRequest): string {
  const words = ['tidemark', 'backfill', shellWord(pipeline)]
  if (from !== undefined) words.push('--from', shellWord(from))
  if (to !== undefined) words.push('--to', shellWord(to))
  if (only !== undefined) words.push('--only', only)
  if (newestFirst) words.push('--newest-first')
  if (singleRun) words.push('--single-run')
  if (concurrency !== undefined && concurrency !== CONCURRENCY) words.push('--concurrency', String(concurrency))
  if (partitions !== undefined) words.push('--partition', ...partitions.map(shellWord))
  return words.join(' ')
}
