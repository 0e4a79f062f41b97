import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  ParentClosePolicy,
  patched,
  setCurrentDetails,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import type { WatchDemand, WatchTurn } from '../activities/watchSource.ts'
import { batchId, PRIORITY, partitionId, searchAttributes } from '../src/names.ts'
import { beginActivities, tellActivities, watchActivities } from './activity-options.ts'
import { type Cursor, parseCursor } from './cursor.ts'
import { importBatch } from './importBatch.ts'
import { importPartition } from './importPartition.ts'

export interface SensorInput {
  readonly pipeline: string
  readonly cursor?: Partial<Cursor>
  /** What signals asked for in the last moments of the run before. */
  readonly demand?: Partial<WatchDemand>
}

export interface SensorStatus {
  readonly state: 'watching' | 'paused' | 'failing'
  readonly sweptAt: string | null
  readonly unsettled: number
  readonly inFlight: number
  readonly failing: string | null
}

/** Looks at once, also for what is being left alone after failures. */
export const poll = defineSignal('poll')
/** Paths that are new; many become a sweep. */
export const notify = defineSignal<[paths: readonly string[]]>('notify')
export const pause = defineSignal('pause')
export const resume = defineSignal('resume')
export const status = defineQuery<SensorStatus>('status')

const NO_DEMAND: WatchDemand = { poll: false, sweep: false, paths: [] }
/** A new run begins after this many turns, so that a history stays small. */
const TURNS = 100
/** More paths than this are found faster by a sweep. */
const MOST_NOTIFIED = 100

/** Watches one source for ever, and starts the import of what has settled and is not up to date. */
export async function sensor(input: SensorInput): Promise<void> {
  const { pipeline } = input
  let cursor = parseCursor(input.cursor)
  let paused = cursor.paused
  let demand: WatchDemand = { ...NO_DEMAND, ...input.demand }
  let turn: CancellationScope | undefined
  const begins = !cursor.begun && patched('begin')

  setHandler(poll, () => {
    demand = { ...demand, poll: true }
    turn?.cancel()
  })
  setHandler(notify, (paths) => {
    const all = [...demand.paths, ...paths]
    demand = all.length > MOST_NOTIFIED ? { ...demand, sweep: true, paths: [] } : { ...demand, paths: all }
    turn?.cancel()
  })
  setHandler(pause, () => {
    paused = true
    turn?.cancel()
  })
  setHandler(resume, () => {
    paused = false
  })
  setHandler(status, () => ({
    state: paused ? 'paused' : cursor.failing === null ? 'watching' : 'failing',
    sweptAt: cursor.sweptAt,
    unsettled: cursor.sightings.length,
    inFlight: cursor.inFlight.length,
    failing: cursor.failing,
  }))

  for (let turns = 0; turns < TURNS && !workflowInfo().continueAsNewSuggested; turns++) {
    if (paused) {
      setCurrentDetails(`**paused**; \`tidemark sensor resume ${pipeline}\` goes on`)
      await condition(() => !paused)
    }
    if (begins && !cursor.begun) {
      cursor = { ...cursor, begun: await begin(pipeline) }
      if (paused) continue
    }
    setCurrentDetails(detailsOf(cursor))
    const asked = demand
    demand = NO_DEMAND
    const scope = new CancellationScope()
    turn = scope
    const found = await watchTurn(scope, pipeline, cursor, asked)
    turn = undefined
    if (found === undefined) {
      demand = {
        poll: demand.poll || asked.poll,
        sweep: demand.sweep || asked.sweep,
        paths: [...asked.paths, ...demand.paths],
      }
      continue
    }
    cursor = await act(pipeline, cursor, found, asked.poll)
  }
  await condition(allHandlersFinished)
  await continueAsNew<typeof sensor>({ pipeline, cursor: { ...cursor, paused }, demand })
}

/** Whether the first sweep is done. One that fails is tried again with the next turn, which says what is wrong with the source. */
async function begin(pipeline: string): Promise<boolean> {
  setCurrentDetails(`**beginning**: finds what \`initial\` leaves out`)
  try {
    await beginActivities(`begin ${pipeline}`).beginPipeline({ pipeline })
    return true
  } catch (error) {
    if (isCancellation(error)) throw error
    return false
  }
}

/** One long poll. A signal cancels it; what it had found until then is its answer, or none. */
async function watchTurn(
  scope: CancellationScope,
  pipeline: string,
  cursor: Cursor,
  demand: WatchDemand,
): Promise<WatchTurn | undefined> {
  try {
    return await scope.run(() =>
      watchActivities(`watch ${pipeline}`).watchSource({
        pipeline,
        demand,
        sightings: cursor.sightings,
        inFlight: cursor.inFlight,
        failing: cursor.failing,
        mark: cursor.mark,
      }),
    )
  } catch (error) {
    // Whatever came of it: the server tries nothing again that is to be cancelled, so a worker that ends meanwhile makes it a failure.
    const ours = scope.consideredCancelled && !CancellationScope.current().consideredCancelled
    if (ours) return undefined
    throw error
  }
}

async function act(pipeline: string, cursor: Cursor, found: WatchTurn, alsoPostponed: boolean): Promise<Cursor> {
  if (found.failing !== cursor.failing) {
    const what = found.failing === null ? 'recovered' : 'failing'
    const again = found.failing !== null && cursor.failing !== null
    await tellActivities(`tell that the source is ${what}`).tell({ pipeline, what, reason: found.failing ?? '', again })
  }
  const closed = new Set(found.closed)
  const started = found.many
    ? [await startBatch(pipeline, alsoPostponed)]
    : await Promise.all(found.partitions.map((ready) => startImport(pipeline, ready)))
  return {
    version: 1,
    sweptAt: found.sweptAt ?? cursor.sweptAt,
    mark: found.mark ?? null,
    sightings: found.sightings,
    inFlight: [...new Set([...cursor.inFlight.filter((id) => !closed.has(id)), ...started])],
    paused: false,
    begun: cursor.begun,
    failing: found.failing,
  }
}

async function startImport(
  pipeline: string,
  { key: partition, hints, absent = [] }: WatchTurn['partitions'][number],
): Promise<string> {
  const workflowId = partitionId(pipeline, partition)
  await unlessOpen(() =>
    startChild(importPartition, {
      workflowId,
      args: [{ pipeline, partition, hints, ...(absent.length === 0 ? {} : { absent }) }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: searchAttributes(pipeline, 'sensor', 'loading', partition),
      priority: { priorityKey: PRIORITY.sensor },
      staticSummary: `import ${pipeline} ${partition}`,
    }),
  )
  return workflowId
}

async function startBatch(pipeline: string, alsoPostponed: boolean): Promise<string> {
  const workflowId = batchId(pipeline)
  await unlessOpen(() =>
    startChild(importBatch, {
      workflowId,
      args: [{ pipeline, alsoPostponed }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: searchAttributes(pipeline, 'sensor', 'loading'),
      priority: { priorityKey: PRIORITY.batch },
      staticSummary: `import all of ${pipeline}`,
    }),
  )
  return workflowId
}

/** Another run of that id is open and may have looked too early: it is watched like our own, and asked for again when it has closed. */
async function unlessOpen(start: () => Promise<unknown>): Promise<void> {
  try {
    await start()
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
}

function detailsOf({ failing, sweptAt, sightings, inFlight }: Cursor): string {
  if (failing !== null) return `**failing**: ${failing}`
  return `**watching**; last sweep ${sweptAt ?? 'not yet'}; ${sightings.length} files not settled; ${inFlight.length} imports in flight`
}
