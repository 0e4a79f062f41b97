import type { Context } from '@temporalio/activity'
import type { Client } from '@temporalio/client'
import { PROGRESSED } from '../src/names.ts'
import { thinning } from '../src/thinning.ts'

/**
 * Each time is a signal, which is four events in the history of a workflow: in a minute some twenty, in an hour sixty, in a day fewer than
 * four hundred.
 */
const TELLING = { firstMs: 2_000, leastMs: 2_000, mostMs: 300_000 }
const LOOK_MS = 500
/** What is not told now is told with the next one. */
const DEADLINE_MS = 5_000

/** Tells the workflow how far its activity is, for its details in the Web UI. Heartbeats bring that to clients, but to no workflow. */
export async function tellingProgress<T>(
  client: Client,
  { info: { workflowExecution } }: Context,
  progress: () => unknown,
  work: () => Promise<T>,
): Promise<T> {
  if (workflowExecution === undefined) return work()
  const handle = client.workflow.getHandle(workflowExecution.workflowId, workflowExecution.runId)
  const isDue = thinning(TELLING)
  let told = progress()
  let telling: Promise<void> | undefined
  const look = setInterval(() => {
    const now = progress()
    if (telling !== undefined || now === told || !isDue()) return
    told = now
    telling = client
      .withDeadline(Date.now() + DEADLINE_MS, () => handle.signal(PROGRESSED, now))
      .catch(() => undefined) // these are only words to people: the load goes on without them
      .finally(() => {
        telling = undefined
      })
  }, LOOK_MS)
  try {
    return await work()
  } finally {
    clearInterval(look)
    await telling // after its end nobody is told
  }
}
