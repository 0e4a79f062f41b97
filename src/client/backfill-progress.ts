import { type Client, isGrpcServiceError, ServiceError, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client'
import { z } from 'zod'
import { type BackfillProgress, pace } from '../backfilling/progress.ts'
import { TidemarkError } from '../errors.ts'
import { heartbeatOf } from './heartbeat-of.ts'

/** A worker answers in milliseconds; the server itself would wait half a minute for one. */
const ANSWER_WITHIN_MS = 5_000

const LIVE = z.object({
  tally: z.object({
    loaded: z.number(),
    rows: z.number(),
    held: z.number(),
    failed: z.number(),
    waiting: z.number(),
    missing: z.number(),
    upToDate: z.number(),
    leftOut: z.number(),
    problems: z.array(z.object({ partition: z.string(), state: z.enum(['held', 'failed', 'waiting']), reason: z.string() })),
  }),
  left: z.number(),
})

/**
 * The backfill's own answer, and where it loads all together, with what that load has told since.
 * @throws TidemarkError WorkerUnavailable
 */
export async function readProgress(client: Client, handle: WorkflowHandle): Promise<BackfillProgress> {
  const progress = await ask(client, handle)
  if (progress.state !== 'running' || progress.open > 0) return progress
  const live = LIVE.safeParse(await heartbeatOf(handle, 'loadBackfill'))
  if (!live.success) return progress
  const { tally, left } = live.data
  return { ...progress, ...tally, left, ...pace(tally, progress.workedMs, left) }
}

async function ask(client: Client, handle: WorkflowHandle): Promise<BackfillProgress> {
  try {
    return await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () => handle.query<BackfillProgress>('progress'))
  } catch (error) {
    const unanswered = error instanceof ServiceError || isGrpcServiceError(error)
    if (error instanceof WorkflowNotFoundError || !unanswered) throw error
    throw new TidemarkError(
      'WorkerUnavailable',
      `no worker answers for ${handle.workflowId}; start one with \`tidemark up\` or \`tidemark worker\``,
      { cause: error },
    )
  }
}
