import { setTimeout as delay } from 'node:timers/promises'
import { batchId, partitionId } from '../src/names.ts'
import { isRunOpen } from '../src/open-runs.ts'
import type { Sighting } from '../src/sources/sightings.ts'
import { MOST_AT_ONCE } from '../src/watching/crowd.ts'
import { markOf, sightingsOf } from '../src/watching/last-words.ts'
import type { Mark } from '../src/watching/mark.ts'
import type { Ready } from '../src/watching/readiness.ts'
import type { Watcher } from '../src/watching/watcher.ts'
import { withinBytes } from '../src/watching/within-bytes.ts'
import type { ActivityContext } from './context.ts'
import { withFailures } from './failures.ts'
import { heartbeating } from './heartbeating.ts'

/** A turn of the long poll; few turns keep the sensor's history small. */
const TURN_MS = 15 * 60_000
/** The pause between two questions to the server for each import in flight: news of their partitions waits for their end. */
const ASK_EACH_MS = 100
/** What takes long, as a batch does, is asked about less and less often. */
const LONGEST_ASK_MS = 1_000
/** While a batch is open nothing is handed out, and it looks at everything itself: a look now and then sees that the source can be read. */
const LOOK_BESIDE_BATCH_MS = 5_000
/** Hints that come together are looked at together. */
const GATHER_MS = 20
const SIGHTINGS_CARRIED = 50
/** Of 16 KB for all that the sensor carries, whatever files are called. */
const MOST_BYTES_OF_SIGHTINGS = 6_000
/** More than this in flight at once: what is ready waits. */
const MOST_IN_FLIGHT = 100
/** The ids of those that are started next, at most 20, come on top. */
const MOST_BYTES_IN_FLIGHT = 3_500

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
  /** From where the listings of an earlier process may be gone on with. */
  readonly mark?: Mark | null
}

export interface WatchTurn {
  /** Of those in flight, the ids that have closed. */
  readonly closed: readonly string[]
  readonly partitions: readonly Ready[]
  readonly many: boolean
  readonly sightings: readonly Sighting[]
  readonly sweptAt: string | null
  readonly failing: string | null
  /** Workers of an older version do not tell it. */
  readonly mark?: Mark | null
}

/** Watches until there is something to start, to forget or to tell. It only reads. */
export function watchSource({ watchers, pipelines, client }: ActivityContext) {
  return async (input: WatchInput): Promise<WatchTurn> => {
    const watcher = await withFailures(async () => watchers.get(input.pipeline))
    const { sightings } = pipelines.get(input.pipeline)
    for (const sighting of input.sightings) sightings.seed(sighting)
    if (input.mark) watcher.goOnFrom(input.mark)
    if (input.demand.poll || input.demand.sweep) watcher.sweepSoon()
    for (const path of input.demand.paths) watcher.hints.add(path)
    return heartbeating(
      ({ cancellationSignal, info }) => {
        // What the try before this one saw until its worker ended: a turn is long, and a deadline may be shorter than two of them.
        for (const sighting of sightingsOf(info.heartbeatDetails)) sightings.seed(sighting)
        const mark = markOf(info.heartbeatDetails)
        if (mark !== undefined) watcher.goOnFrom(mark)
        return watchTurn(watcher, input, (id) => isRunOpen(client, id), cancellationSignal)
      },
      () => ({
        ...stateOf(watcher),
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
  const { poll, sweep, paths } = input.demand
  let besideBatchAt = poll || sweep || paths.length > 0 ? 0 : performance.now() + LOOK_BESIDE_BATCH_MS
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
    if (open.has(batchId(input.pipeline)) && performance.now() < besideBatchAt) {
      await delay(Math.max(1, Math.min(askAt, besideBatchAt, end, tellClosedAt) - performance.now()), undefined, { signal })
      if (performance.now() < Math.min(end, tellClosedAt)) continue
    }
    besideBatchAt = performance.now() + LOOK_BESIDE_BATCH_MS
    // What is handed out and not started would be left alone for a while, as if it had failed.
    const full = MOST_IN_FLIGHT - open.size < MOST_AT_ONCE || withinBytes([...open], MOST_BYTES_IN_FLIGHT).length < open.size
    const { partitions, many } = await watcher.look({
      leaveOut: (key) => full || open.has(batchId(input.pipeline)) || open.has(partitionId(input.pipeline, key)),
      alsoPostponed: input.demand.poll,
      signal,
    })
    const news = partitions.length > 0 || many || watcher.failing !== input.failing
    if (news || performance.now() >= Math.min(end, tellClosedAt)) {
      return { closed, partitions, many, ...stateOf(watcher) }
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

function stateOf(watcher: Watcher) {
  const { sweptAt, failing, mark } = watcher
  const sightings = withinBytes(watcher.sightings(SIGHTINGS_CARRIED), MOST_BYTES_OF_SIGHTINGS)
  return { sweptAt: sweptAt?.toISOString() ?? null, failing, mark, sightings }
}
