import { setTimeout as delay } from 'node:timers/promises'
import { batchId, partitionId } from '../src/names.ts'
import { isRunOpen } from '../src/open-runs.ts'
import type { Sighting } from '../src/sources/sightings.ts'
import { sightingsOf } from '../src/watching/last-words.ts'
import type { Ready } from '../src/watching/readiness.ts'
import { MOST_AT_ONCE, type Watcher } from '../src/watching/watcher.ts'
import type { ActivityContext } from './context.ts'
import { withFailures } from './failures.ts'
import { heartbeating } from './heartbeating.ts'

/** A turn of the long poll; few turns keep the sensor's history small. */
const TURN_MS = 15 * 60_000
/** The pause between two questions to the server for each import in flight: news of their partitions waits for their end. */
const ASK_EACH_MS = 100
/** What takes long, as a batch does, is asked about less and less often. */
const LONGEST_ASK_MS = 1_000
/** Hints that come together are looked at together. */
const GATHER_MS = 20
const SIGHTINGS_CARRIED = 50
/** More than this in flight at once: what is ready waits. */
const MOST_IN_FLIGHT = 100

export interface WatchDemand {
  /** A person asks: look everywhere, also at what is left alone after failures. */
  readonly poll: boolean
  /** There is more news than paths could tell: look everywhere. */
  readonly sweep: boolean
  /** Where news is. */
  readonly paths: readonly string[]
}

export interface WatchInput {
  readonly pipeline: string
  readonly demand: WatchDemand
  readonly sightings: readonly Sighting[]
  /** Workflow ids of imports that may still be open. */
  readonly inFlight: readonly string[]
  /** What people were told of the source's failure; null when it was well. */
  readonly failing: string | null
}

export interface WatchTurn {
  /** Of those in flight, the ids that have closed. */
  readonly closed: readonly string[]
  readonly partitions: readonly Ready[]
  readonly many: boolean
  readonly sightings: readonly Sighting[]
  readonly sweptAt: string | null
  readonly failing: string | null
}

/** Watches until there is something to start, to forget or to tell. It only reads. */
export function watchSource({ watchers, pipelines, client }: ActivityContext) {
  return async (input: WatchInput): Promise<WatchTurn> => {
    const watcher = await withFailures(async () => watchers.get(input.pipeline))
    const { sightings } = pipelines.get(input.pipeline)
    for (const sighting of input.sightings) sightings.seed(sighting)
    if (input.demand.poll || input.demand.sweep) watcher.sweepSoon()
    for (const path of input.demand.paths) watcher.hints.add(path)
    return heartbeating(
      ({ cancellationSignal, info }) => {
        // What the try before this one saw until its worker ended: a turn is long, and a deadline may be shorter than two of them.
        for (const sighting of sightingsOf(info.heartbeatDetails)) sightings.seed(sighting)
        return watchTurn(watcher, input, (id) => isRunOpen(client, id), cancellationSignal)
      },
      () => ({
        ...stateOf(watcher),
        sightings: watcher.sightings(SIGHTINGS_CARRIED),
        unsettled: watcher.unsettled,
        notWatching: watcher.hints.notWatching ?? null,
        calls: watcher.calls,
        late: watcher.lastSweep?.late ?? null,
      }),
    )
  }
}

async function watchTurn(
  watcher: Watcher,
  input: WatchInput,
  isOpen: (id: string) => Promise<boolean>,
  signal: AbortSignal,
): Promise<WatchTurn> {
  const end = performance.now() + TURN_MS
  const open = new Set(input.inFlight)
  const closed: string[] = []
  let askAt = performance.now()
  let askMs = ASK_EACH_MS * open.size
  let tellClosedAt = Number.POSITIVE_INFINITY
  for (;;) {
    signal.throwIfAborted()
    if (performance.now() >= askAt) {
      for (const id of await closedOf(open, isOpen)) {
        open.delete(id)
        closed.push(id)
        tellClosedAt = Math.min(tellClosedAt, performance.now() + watcher.everyMs)
      }
      askAt = performance.now() + askMs
      askMs = Math.max(Math.min(askMs * 2, LONGEST_ASK_MS), ASK_EACH_MS * open.size)
    }
    // What is handed out and not started would be left alone for a while, as if it had failed.
    const full = MOST_IN_FLIGHT - open.size < MOST_AT_ONCE
    const { partitions, many } = await watcher.look({
      leaveOut: (key) => full || open.has(batchId(input.pipeline)) || open.has(partitionId(input.pipeline, key)),
      alsoPostponed: input.demand.poll,
      signal,
    })
    const news = partitions.length > 0 || many || watcher.failing !== input.failing
    if (news || performance.now() >= Math.min(end, tellClosedAt)) {
      return {
        closed,
        partitions,
        many,
        ...stateOf(watcher),
        sightings: watcher.sightings(SIGHTINGS_CARRIED),
      }
    }
    const ask = open.size > 0 ? askAt : Number.POSITIVE_INFINITY
    await watcher.hints.wait(
      Math.max(1, Math.min(watcher.nextDueMs(), Math.min(end, tellClosedAt, ask) - performance.now())),
      signal,
    )
    await delay(GATHER_MS, undefined, { signal })
  }
}

async function closedOf(ids: Iterable<string>, isOpen: (id: string) => Promise<boolean>): Promise<string[]> {
  const closed: string[] = []
  for (const id of ids) if (!(await isOpen(id))) closed.push(id)
  return closed
}

function stateOf({ lastSweep, failing }: Watcher) {
  return { sweptAt: lastSweep?.at.toISOString() ?? null, failing }
}
