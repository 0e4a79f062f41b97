import { createHash } from 'node:crypto'
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
  WorkflowIdConflictPolicy,
} from '@temporalio/client'
import type { backfill } from '../../workflows/backfill.ts'
import type { BackfillResult } from '../../workflows/backfill-state.ts'
import type { BackfillProgress } from '../backfilling/progress.ts'
import { type BackfillRequest, requestFault } from '../backfilling/request.ts'
import { TidemarkError } from '../errors.ts'
import { backfillId, PRIORITY, searchAttributes } from '../names.ts'
import { readProgress } from './backfill-progress.ts'

/** A name is part of a workflow id, which the server limits. */
const LONGEST_NAME_BYTES = 300
/** Of a list of partitions so many are in its name. */
const PARTITIONS_NAMED = 2
const HASH_LENGTH = 8

export interface BackfillStart extends BackfillRequest {
  readonly taskQueue: string
  /** Made of the range and `only` by default, so that the same request finds the backfill that is open. */
  readonly name?: string | undefined
}

/** A backfill that was started, now or earlier. */
export interface Backfill {
  readonly name: string
  readonly workflowId: string
  /** Another start of this name was still open: this is that one. */
  readonly attached: boolean
  /** How all of it ended; what is held or failed is counted there. */
  result(): Promise<BackfillResult>
  progress(): Promise<BackfillProgress>
  /** Lets what is open come to its end, and starts no more. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Ends it and the imports that it has started; what is loaded stays. */
  cancel(): Promise<void>
}

/** @throws TidemarkError UsageError */
export async function startBackfill(client: Client, { taskQueue, name: given, ...request }: BackfillStart): Promise<Backfill> {
  const fault = requestFault(request)
  if (fault !== undefined) throw new TidemarkError('UsageError', fault)
  const name = given ?? backfillName(request)
  requireName(name)
  const { pipeline } = request
  const workflowId = backfillId(pipeline, name)
  try {
    const handle = await client.workflow.start<typeof backfill>('backfill', {
      workflowId,
      args: [request],
      taskQueue,
      typedSearchAttributes: searchAttributes(pipeline, 'backfill', 'loading'),
      priority: { priorityKey: PRIORITY.backfill },
      staticSummary: `backfill ${pipeline} ${name}`,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    })
    return backfillOf(client, pipeline, name, handle)
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    return { ...backfillOf(client, pipeline, name), attached: true }
  }
}

/** One that was started before, by its name. */
export function backfillOf(
  client: Client,
  pipeline: string,
  name: string,
  handle: WorkflowHandle<typeof backfill> = client.workflow.getHandle<typeof backfill>(backfillId(pipeline, name)),
): Backfill {
  return {
    name,
    workflowId: handle.workflowId,
    attached: false,
    result: () => handle.result(),
    progress: () => readProgress(client, handle),
    pause: () => handle.signal('pause'),
    resume: () => handle.signal('resume'),
    cancel: async () => {
      await handle.cancel()
    },
  }
}

/** The names of those that are open. The server's list may lag a moment behind. */
export async function openBackfills(client: Client, pipeline: string): Promise<string[]> {
  const names: string[] = []
  const query = `TidemarkPipeline = ${JSON.stringify(pipeline)} AND WorkflowType = 'backfill' AND ExecutionStatus = 'Running'`
  const prefix = backfillId(pipeline, '')
  for await (const { workflowId } of client.workflow.list({ query }))
    if (workflowId.startsWith(prefix)) names.push(workflowId.slice(prefix.length))
  return names.sort()
}

/** What it brings up to date: `2018-01-22..2018-03-01`, `2018-01-22..`, `all`, or partitions by name; and which of them. */
export function backfillName({ from, to, partitions, only }: BackfillRequest): string {
  const whole = from === undefined && to === undefined ? 'all' : `${from ?? ''}..${to ?? ''}`
  const base = partitions === undefined ? whole : listName([...new Set(partitions)].sort())
  return only === undefined ? base : `${base},${only}`
}

function listName(keys: readonly string[]): string {
  const short = keys.slice(0, PARTITIONS_NAMED).join('+')
  if (keys.length <= PARTITIONS_NAMED && Buffer.byteLength(short) < LONGEST_NAME_BYTES) return short
  const hash = createHash('sha256').update(JSON.stringify(keys)).digest('hex').slice(0, HASH_LENGTH)
  return `${keys.length}-partitions-${hash}`
}

function requireName(name: string): void {
  const bytes = Buffer.byteLength(name)
  if (bytes === 0 || bytes > LONGEST_NAME_BYTES)
    throw new TidemarkError('UsageError', `a name of ${bytes} bytes; expected 1 to ${LONGEST_NAME_BYTES}: give one with --name`)
}
