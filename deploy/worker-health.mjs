/**
 * The container's health check: does the worker of this container poll its task queue?
 * A worker that is alive but has lost the server, or hangs, is told from one that works.
 * usage: node worker-health.mjs [TASK_QUEUE]
 */
import { hostname } from 'node:os'
import { Connection } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'

/** A poll waits at the server for up to a minute and is recorded when it begins: two of them, and time to spare. */
const STALE_AFTER_MS = 150_000
const DEADLINE_MS = 5_000
/** The number of TASK_QUEUE_TYPE_WORKFLOW: workflow polls go on while every slot for activities is taken. */
const WORKFLOW_TASKS = 1

const taskQueue = process.argv[2] ?? 'tidemark'
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig()
const connection = await Connection.connect({ ...connectionOptions, connectTimeout: DEADLINE_MS })
try {
  const { pollers } = await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
    connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name: taskQueue }, taskQueueType: WORKFLOW_TASKS }),
  )
  const ours = pollers.filter(isOurs)
  const last = Math.max(0, ...ours.map(lastPoll))
  if (Date.now() - last > STALE_AFTER_MS) {
    console.error(`no worker on ${hostname()} has polled ${taskQueue} in ${namespace} for ${STALE_AFTER_MS / 1000} s`)
    process.exitCode = 1
  }
} finally {
  await connection.close()
}

/** The SDK names a worker PID@HOSTNAME, and a container's host name is its own. */
function isOurs(poller) {
  return poller.identity.endsWith(`@${hostname()}`)
}

function lastPoll(poller) {
  return Number(poller.lastAccessTime?.seconds ?? 0) * 1000
}
