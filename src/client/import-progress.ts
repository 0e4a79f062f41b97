import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { z } from 'zod'
import type { ReadingProgress } from '../loading/reading.ts'
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

/** How far the load of a partition is; undefined where none reads, or there is none. */
export async function readImportProgress(
  client: Client,
  { pipeline, partition }: { readonly pipeline: string; readonly partition: string },
): Promise<ReadingProgress | undefined> {
  try {
    const beat = await heartbeatOf(client.workflow.getHandle(partitionId(pipeline, partition)), 'loadPartition')
    return READING.safeParse(beat).data
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}
