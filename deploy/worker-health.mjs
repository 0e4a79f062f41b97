/**
 * The container's health check: does the worker of this container poll its task queue?
 * It tells a worker that lives but has lost the server, or hangs, from one that works.
 * usage: node worker-health.mjs TASK_QUEUE
 */
import { hostname } from 'node:os'
import { Connection } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'

/** A poll waits at the server for up to a minute and is recorded when it begins: two of them, and time to spare. */
const STALE_AFTER_MS = 150_000
const DEADLINE_MS = 5_000
/** TASK_QUEUE_TYPE_WORKFLOW: those polls go on while every slot for activities is taken. */
const WORKFLOW_TASKS = 1

const taskQueue = process.argv[2]
try {
  const last = await lastPoll(taskQueue)
  if (Date.now() - last > STALE_AFTER_MS) {
    throw new Error(`no worker on ${hostname()} has polled the task queue ${taskQueue} for ${STALE_AFTER_MS / 1000} s`)
  }
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

/** In milliseconds since 1970; 0 if there is none. */
async function lastPoll(name) {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig()
  const connection = await Connection.connect({ ...connectionOptions, connectTimeout: DEADLINE_MS })
  try {
    const request = { namespace, taskQueue: { name }, taskQueueType: WORKFLOW_TASKS }
    const { pollers } = await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
      connection.workflowService.describeTaskQueue(request),
    )
    // The SDK names a worker PID@HOSTNAME, and a container has a host name of its own.
    const ours = pollers.filter(({ identity }) => identity.endsWith(`@${hostname()}`))
    return Math.max(0, ...ours.map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000))
  } finally {
    await connection.close()
  }
}
