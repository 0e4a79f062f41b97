import { startBatch } from '../src/client/start.ts'
import type { ActivityContext } from './context.ts'

/** Starts a pipeline's batch, or has the one that is open pass once more. */
export function askForBatch({ client, config }: ActivityContext) {
  return async ({ pipeline }: { readonly pipeline: string }): Promise<void> => {
    await startBatch(client, { pipeline, taskQueue: config.temporal.taskQueue, trigger: 'schedule' })
  }
}
