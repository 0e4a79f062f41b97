import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { z } from 'zod'
import type { ReadingProgress, Settling } from '../loading/reading.ts'
import { partitionId } from '../names.ts'
import { heartbeatOf } from './heartbeat-of.ts'

const READING = z.object({
  files: z.number(),
  done: z.number(),
  held: z.number(),
  failed: z.number(),
  bytes: z.number(),
  bytesRead: z.number(),
  workedMs: z.number(),
}) satisfies z.ZodType<ReadingProgress>

const SETTLING = z.object({ settling: z.number(), settleMs: z.number() }) satisfies z.ZodType<Settling>

/** How far the load of a partition is; or what it waits for; undefined where it does neither, or there is none. */
export async function readImportProgress(
  client: Client,
  { pipeline, partition }: { readonly pipeline: string; readonly partition: string },
): Promise<ReadingProgress | Settling | undefined> {
  try {
    const beat = await heartbeatOf(client.workflow.getHandle(partitionId(pipeline, partition)), 'loadPartition')
    return READING.or(SETTLING).safeParse(beat).data
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}
