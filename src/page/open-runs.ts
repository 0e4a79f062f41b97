import type { Client, WorkflowExecutionInfo } from '@temporalio/client'
import type { BackfillProgress } from '../backfilling/progress.ts'
import { readProgress } from '../client/backfill-progress.ts'
import { TidemarkError } from '../errors.ts'
import { PARTITION, PIPELINE, STATUS } from '../names.ts'
import type { OpenRun } from './page-data.ts'
import type { WebUi } from './web-ui.ts'

/** More than this in a list nobody reads. */
const MOST_SHOWN = 100
const PROBLEMS_SHOWN = 5

const QUERY =
  "ExecutionStatus = 'Running' AND WorkflowType IN ('scheduledPartition', 'importPartition', 'importBatch', 'backfill', 'actOnFile')"

/** What runs for these pipelines now: backfills first, with how far they are. */
export async function openRuns(
  client: Client,
  pipelines: readonly string[],
  ui: WebUi,
): Promise<{ readonly open: readonly OpenRun[]; readonly moreOpen: boolean }> {
  const ours = new Set(pipelines)
  const found: WorkflowExecutionInfo[] = []
  let moreOpen = false
  for await (const run of client.workflow.list({ query: QUERY, pageSize: MOST_SHOWN })) {
    if (!ours.has(run.typedSearchAttributes.get(PIPELINE) ?? '')) continue
    moreOpen = found.length === MOST_SHOWN
    if (moreOpen) break
    found.push(run)
  }
  const open = await Promise.all(found.map((run) => openRun(client, run, ui)))
  open.sort((one, other) => Number(one.progress === null) - Number(other.progress === null))
  return { open, moreOpen }
}

async function openRun(client: Client, run: WorkflowExecutionInfo, ui: WebUi): Promise<OpenRun> {
  const { type, workflowId, runId, startTime, typedSearchAttributes: attributes } = run
  return {
    type,
    pipeline: attributes.get(PIPELINE) ?? '',
    workflowId,
    partition: attributes.get(PARTITION) ?? null,
    state: attributes.get(STATUS) ?? null,
    since: startTime.toISOString(),
    webUi: ui.run(workflowId, runId),
    progress: type === 'backfill' ? await progressOf(client, workflowId) : null,
  }
}

/** None while no worker answers: that it runs is known all the same. */
async function progressOf(client: Client, workflowId: string): Promise<BackfillProgress | null> {
  try {
    const progress = await readProgress(client, client.workflow.getHandle(workflowId))
    return { ...progress, problems: progress.problems.slice(0, PROBLEMS_SHOWN) }
  } catch (error) {
    if (error instanceof TidemarkError && error.code === 'WorkerUnavailable') return null
    throw error
  }
}
