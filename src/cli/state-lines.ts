import type { SensorState } from '../client/sensor-state.ts'
import type { MissedWork } from '../freshness/read-missed-work.ts'
import type { Freshness, FreshnessState } from '../freshness/state.ts'
import { timeInWords } from '../time-in-words.ts'
import { calendarLines, legend } from './calendar.ts'
import { commandLine } from './command-line.ts'
import { oneLine } from './output.ts'
import { paint } from './paint.ts'
import type { Waiting } from './survey.ts'

const COLOURS: Record<FreshnessState, (text: string) => string> = {
  loaded: paint.green,
  held: paint.red,
  loading: paint.cyan,
  waiting: paint.cyan,
  late: paint.yellow,
  missing: paint.red,
  'not expected': paint.dim,
}

const GAPS_SHOWN = 5

export interface PipelineState {
  readonly freshness: Freshness
  /** The file that has been there for longest without being loaded. */
  readonly oldestWaiting: Waiting | null
  readonly sensor: (SensorState & { readonly everyMs: number }) | undefined
  readonly backfills: readonly string[]
  readonly missedWork: MissedWork | undefined
  /** As it was named, for the commands that are said. */
  readonly config?: string | undefined
}

/** How a pipeline is beyond its counts: its calendar, how far behind it is, what watches and what works. */
export function stateLines({ freshness, oldestWaiting, sensor, backfills, missedWork, config }: PipelineState): string[] {
  const { pipeline, partitions, counts } = freshness
  const now = Date.parse(freshness.at)
  const inColour = (state: FreshnessState, text: string) => COLOURS[state](text)
  const ago = (at: string) => `${timeInWords(Math.max(0, now - Date.parse(at)))} ago`
  const lines = calendarLines(
    { ...freshness, partitions: partitions.map((one) => ({ ...one, key: oneLine(one.key) })) },
    inColour,
  )
  if (partitions.length > 0) lines.push(`  ${legend(counts, inColour)}`)
  lines.push(...freshnessLines(freshness, ago))
  if (oldestWaiting !== null)
    lines.push(`  oldest file that waits: ${oneLine(oldestWaiting.path)}, modified ${ago(oldestWaiting.modifiedAt)}`)
  if (sensor?.sweptAt) {
    const dueMs = Date.parse(sensor.sweptAt) + sensor.everyMs - now
    const next = sensor.state === 'paused' ? 'when it is resumed' : dueMs > 0 ? `in ${timeInWords(dueMs)}` : 'is due'
    lines.push(`  last sweep ${ago(sensor.sweptAt)}, the next ${next}`)
  }
  for (const name of backfills)
    lines.push(
      oneLine(`  backfill ${name} is open: \`${commandLine(['backfill', pipeline, '--name', name, '--progress'], config)}\``),
    )
  if (missedWork !== undefined) lines.push(...missedLines(missedWork, freshness, config))
  return lines
}

function freshnessLines({ newest, next }: Freshness, ago: (at: string) => string): string[] {
  const lines: string[] = []
  if (newest !== null) {
    const { key, endedAt, loadedAt } = newest
    const ended = endedAt === null ? '' : `, which ended ${ago(endedAt)}`
    lines.push(`  newest: ${oneLine(key)}${ended}${loadedAt === null ? '' : `; loaded ${ago(loadedAt)}`}`)
  }
  if (next !== null) {
    const what = next.key === null ? 'a new partition' : oneLine(next.key)
    const times = next.state === 'waiting' ? `late from ${next.lateAt}` : next.state
    lines.push(`  next: ${what}, due ${next.dueAt}, ${times}`)
  }
  return lines
}

function missedLines({ schedule, gaps }: MissedWork, { pipeline, counts }: Freshness, config: string | undefined): string[] {
  const lines: string[] = []
  const command = `npx ${commandLine(['backfill', pipeline, '--only', 'unloaded'], config)}`
  // The server counts since the schedule was made, also what was loaded since.
  const load = counts.late + counts.missing === 0 ? '' : `; \`${command}\` loads what they left`
  if (schedule?.paused) lines.push(`  the schedule is paused${schedule.note === null ? '' : `: ${oneLine(schedule.note)}`}`)
  if (schedule !== null && schedule.skippedOverlap > 0)
    lines.push(
      `  ticks skipped because one before was running: ${schedule.skippedOverlap}; overlap 'ALLOW_ALL' skips none${load}`,
    )
  if (schedule !== null && schedule.missedCatchup > 0)
    lines.push(`  ticks missed while the server was away for longer than catchupWindow: ${schedule.missedCatchup}${load}`)
  for (const { from, to, partitions, why, mend } of gaps.slice(0, GAPS_SHOWN)) {
    const range = from === to ? from : `${from} to ${to} (${partitions})`
    lines.push(`  no tick loads ${oneLine(range)}: ${why}; ${mend.map((command) => `\`${oneLine(command)}\``).join(', then ')}`)
  }
  if (gaps.length > GAPS_SHOWN) lines.push(`  and ${gaps.length - GAPS_SHOWN} more gaps; --json has all`)
  return lines
}
