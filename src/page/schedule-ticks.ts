import { type Client, type WorkflowExecutionInfo, WorkflowFailedError } from '@temporalio/client'
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import type { Pipeline } from '../config/pipeline.ts'
import { counted } from '../counted.ts'
import { messageOf } from '../errors.ts'
import { PARTITION, PIPELINE, ROWS, STATUS } from '../names.ts'
import { NO_DAY, partitionOfTick } from '../partitions/partition-of-tick.ts'
import type { Tick } from './page-data.ts'
import type { WebUi } from './web-ui.ts'

const SHOWN = 20
const SCHEDULED_AT = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME)

/** Why a run failed never changes, and to ask costs the server a history. */
const failures = new Map<string, string>()
const MOST_KEPT = 1_000

/** The last ticks of a pipeline's schedule, the newest first: what each did, or why it did nothing. */
export async function scheduleTicks(client: Client, pipeline: Pipeline, ui: WebUi): Promise<Tick[]> {
  const query = `WorkflowType = 'scheduledPartition' AND ${PIPELINE.name} = ${JSON.stringify(pipeline.name)}`
  const runs: WorkflowExecutionInfo[] = []
  for await (const run of client.workflow.list({ query, pageSize: SHOWN })) {
    runs.push(run)
    if (runs.length === SHOWN) break
  }
  return Promise.all(runs.map((run) => tickOf(client, pipeline, run, ui)))
}

async function tickOf(client: Client, pipeline: Pipeline, run: WorkflowExecutionInfo, ui: WebUi): Promise<Tick> {
  const { workflowId, runId, startTime, closeTime, typedSearchAttributes: attributes, status } = run
  const at = attributes.get(SCHEDULED_AT) ?? startTime
  const state = attributes.get(STATUS) ?? status.name.toLowerCase()
  return {
    at: at.toISOString(),
    until: closeTime?.toISOString() ?? null,
    state:
      status.name === 'RUNNING' || status.name === 'COMPLETED' || status.name === 'FAILED' ? state : status.name.toLowerCase(),
    partition: attributes.get(PARTITION) ?? null,
    text: await textOf(),
    webUi: ui.run(workflowId, runId),
  }

  async function textOf(): Promise<string> {
    if (status.name === 'FAILED') return failureOf(client, workflowId, runId)
    if (status.name === 'RUNNING')
      return state === 'late' ? 'told as late; waits for its file' : state === 'waiting' ? 'waits for its file' : ''
    if (state === 'nothing') return whyNothing(pipeline, at)
    return state === 'loaded' ? counted(attributes.get(ROWS) ?? 0, 'row') : ''
  }
}

function whyNothing({ partitions }: Pipeline, tick: Date): string {
  if (partitions.kind === 'dynamic') return NO_DAY
  return partitionOfTick(partitions, tick).reason ?? 'a day on which nothing is expected'
}

async function failureOf(client: Client, workflowId: string, runId: string): Promise<string> {
  const known = failures.get(runId)
  if (known !== undefined) return known
  const reason = await client.workflow
    .getHandle(workflowId, runId)
    .result()
    .then(
      () => '',
      (error: unknown) => messageOf(error instanceof WorkflowFailedError ? error.cause : error),
    )
  if (failures.size >= MOST_KEPT) failures.clear()
  failures.set(runId, reason)
  return reason
}
