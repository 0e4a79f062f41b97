import { ActivityCancellationType, type ActivityOptions, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { LOAD_TRIES } from '../src/load-tries.ts'
import { bulkQueue, isBulk, loadQueue, watchQueue } from '../src/names.ts'

/** A failure of this type is retryable in Temporal's eyes, and would be for ever. */
const NEVER_MENDED = ['PayloadsTooLarge']

/**
 * A look at a folder, a question to the server, a line to people: seconds, or as long as somebody else holds the warehouse; heartbeats
 * tell that it lives. What fails is tried for as long as the workflow lives.
 */
const SHORT: ActivityOptions = {
  startToCloseTimeout: '2m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '1m', nonRetryableErrorTypes: NEVER_MENDED },
}

/**
 * A line to people. An import waits for it, and a newer version of the file for the import: a worker that dies with it must be noticed
 * as soon as one that dies with a load.
 */
const TELL: ActivityOptions = { ...SHORT, startToCloseTimeout: '10s' }

/** To somebody else's machine, which may be away for days. The attempt itself gives up sooner. */
const DELIVERY: ActivityOptions = {
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '7d',
  retry: { initialInterval: '2s', maximumInterval: '10m' },
}

/** A look whose failure is an answer too: the workflow tells of it when it is time, and looks again. */
const LOOK: ActivityOptions = { ...SHORT, retry: { ...SHORT.retry, maximumAttempts: 3 } }

/** A listing of everything, as often as there is a page to plan. */
const PLAN: ActivityOptions = { ...SHORT, startToCloseTimeout: '30m' }

/**
 * A load takes what it takes, also while somebody else holds the warehouse; heartbeats tell that it lives. What fails is tried for about
 * a minute; then the load leaves the partition alone for a while by its own word in the warehouse, and the run ends.
 */
const LOAD: ActivityOptions = {
  startToCloseTimeout: '24h',
  heartbeatTimeout: '10s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', maximumInterval: '15s', maximumAttempts: LOAD_TRIES, nonRetryableErrorTypes: NEVER_MENDED },
}

/**
 * The first sweep of a source takes what it takes. A sensor that cannot make it watches all the same, and so tells why; no load comes before
 * it, for each makes it itself.
 */
const BEGIN: ActivityOptions = {
  startToCloseTimeout: '24h',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumAttempts: 3, nonRetryableErrorTypes: NEVER_MENDED },
}

/** A turn ends by itself after 15 minutes. Cancelling one asks it for what it has. */
const WATCH: ActivityOptions = {
  startToCloseTimeout: '20m',
  heartbeatTimeout: '10s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', maximumInterval: '30s', nonRetryableErrorTypes: NEVER_MENDED },
}

export const shortActivities = (summary: string) => proxyActivities<Activities>({ ...SHORT, summary })
export const tellActivities = (summary: string) => proxyActivities<Pick<Activities, 'tell'>>({ ...TELL, summary })
export const deliveryActivities = (summary: string) => proxyActivities<Pick<Activities, 'deliver'>>({ ...DELIVERY, summary })
export const planActivities = (summary: string) => proxyActivities<Activities>({ ...PLAN, summary })
export const lookActivities = (summary: string) => proxyActivities<Activities>({ ...LOOK, summary })
/** Of one partition: with the slots that its run's priority gives it. */
export const loadActivities = (summary: string) => {
  const { taskQueue, priority } = workflowInfo()
  const queue = isBulk(priority?.priorityKey) ? bulkQueue : loadQueue
  return proxyActivities<Activities>({ ...LOAD, summary, taskQueue: queue(taskQueue) })
}
/** Of many partitions, whoever asked. */
export const bulkActivities = (summary: string) =>
  proxyActivities<Activities>({ ...LOAD, summary, taskQueue: bulkQueue(workflowInfo().taskQueue) })
export const beginActivities = (summary: string) =>
  proxyActivities<Pick<Activities, 'beginPipeline'>>({ ...BEGIN, summary, taskQueue: watchQueue(workflowInfo().taskQueue) })
export const watchActivities = (summary: string) =>
  proxyActivities<Activities>({ ...WATCH, summary, taskQueue: watchQueue(workflowInfo().taskQueue) })
