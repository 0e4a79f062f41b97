import type { Pipeline, Schedule } from '../config/pipeline.ts'
import { next, windowOf } from '../partitions/windows.ts'
import { shellWord } from '../shell-word.ts'
import { Deadlines } from './deadlines.ts'
import type { Freshness, PartitionFreshness } from './state.ts'
import { Ticks } from './ticks.ts'

/** What the server knows of a pipeline's schedule. */
export interface ScheduleFacts {
  /** ISO, UTC. */
  readonly createdAt: string
  readonly paused: boolean
  /** What who paused it has said. */
  readonly note: string | null
  readonly nextAt: string | null
  /** The command that has it go on. */
  readonly unpause: string
  /** Ticks since it was made: not run because one before was running, or because the server was down for longer than `catchupWindow`. */
  readonly skippedOverlap: number
  readonly missedCatchup: number
}

export type WhyMissed =
  | 'there is no schedule on the server'
  | 'due before the schedule was made'
  | 'no tick means them'
  | 'the schedule is paused'
  | 'their ticks did not run'

/** Partitions one after the other that are not loaded though they are due, and that no run waits for or has looked for. */
export interface Gap {
  readonly from: string
  readonly to: string
  readonly partitions: number
  readonly why: WhyMissed
  /** The commands that mend it, in order. */
  readonly mend: readonly string[]
}

interface Asked {
  readonly pipeline: Pick<Pipeline, 'name' | 'partitions' | 'schedule' | 'expect'>
  readonly freshness: Freshness
  /** Undefined: the server has no schedule of that name. */
  readonly schedule: ScheduleFacts | undefined
  /** Partitions that a tick's run is known of. */
  readonly ran: ReadonlySet<string>
}

/** A run is in the server's list a moment after its tick. */
const LIST_LAG_MS = 60_000

/** A run that waits for its file has later ticks do nothing. */
const MAY_SKIP: ReadonlySet<Schedule['overlap']> = new Set(['SKIP', 'BUFFER_ONE'])

/** Work that no tick does any more. Pure. */
export function gapsOf({ pipeline, freshness, schedule, ran }: Asked): Gap[] {
  const { partitions, schedule: config, expect } = pipeline
  if (partitions.kind === 'dynamic' || config === undefined || expect === undefined) return []
  const now = Date.parse(freshness.at)
  const ticks = new Ticks(config)
  const deadlines = new Deadlines(expect, new Date(now))
  const madeMs =
    schedule === undefined ? undefined : (ticks.lastUntil(Date.parse(schedule.createdAt)) ?? Number.NEGATIVE_INFINITY)

  const isSure = schedule?.paused === false && !MAY_SKIP.has(config.overlap)
  const nextMs = isSure ? Date.parse(schedule.nextAt ?? '') : Number.NaN

  const whyOf = ({ key, state, dueAt }: PartitionFreshness): WhyMissed | undefined => {
    const isDue = state === 'missing' || state === 'late' || (dueAt !== null && Date.parse(dueAt) + LIST_LAG_MS <= now)
    const window = isDue && !ran.has(key) ? windowOf(partitions, key) : undefined
    if (window === undefined) return undefined
    if (schedule === undefined || madeMs === undefined) return 'there is no schedule on the server'
    const end = window.end.getTime()
    const nextEnd = next(partitions, window).end.getTime()
    // Of a cron with several ticks in a partition's time.
    if (nextMs > now && nextMs < nextEnd) return undefined
    if (end <= madeMs) return 'due before the schedule was made'
    const dueMs = deadlines.dueOf(end)
    if (dueMs === undefined || dueMs >= nextEnd) return 'no tick means them'
    return schedule.paused ? 'the schedule is paused' : 'their ticks did not run'
  }

  const gaps: { from: string; to: string; partitions: number; why: WhyMissed }[] = []
  let open: (typeof gaps)[number] | undefined
  for (const partition of freshness.partitions) {
    if (partition.state === 'not expected') continue
    const why = whyOf(partition)
    if (why !== undefined && open?.why === why) {
      open.to = partition.key
      open.partitions += 1
      continue
    }
    open = why === undefined ? undefined : { from: partition.key, to: partition.key, partitions: 1, why }
    if (open !== undefined) gaps.push(open)
  }
  return gaps.map((gap) => ({ ...gap, mend: mendOf(pipeline.name, gap, schedule?.unpause) }))
}

function mendOf(
  pipeline: string,
  { from, to, why }: { readonly from: string; readonly to: string; readonly why: WhyMissed },
  unpause: string | undefined,
): string[] {
  const backfill = `npx tidemark backfill ${pipeline} --from ${shellWord(from)} --to ${shellWord(to)}`
  if (why === 'there is no schedule on the server') return ['npx tidemark apply', backfill]
  return why === 'the schedule is paused' && unpause !== undefined ? [unpause, backfill] : [backfill]
}
