import { join } from 'node:path'
import { Client } from '@temporalio/client'
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker'
import { beating } from './activities/heartbeating.ts'
import { loadActivities, shortActivities, watchActivities } from './activities/index.ts'
import { closingConnection } from './src/client/closing-connection.ts'
import { connectOptions, type ServerAddress } from './src/client/connect-options.ts'
import type { Config } from './src/config/pipeline.ts'
import { Lookouts } from './src/freshness/lookouts.ts'
import { clearStaging } from './src/loading/clear-staging.ts'
import type { LoadContext } from './src/loading/load-files.ts'
import { OpenPipelines } from './src/loading/open-pipelines.ts'
import { bulkQueue, loadQueue, watchQueue } from './src/names.ts'
import { isRunOpen } from './src/open-runs.ts'
import { packageRoot } from './src/package-root.ts'
import { loadedBy, type Reporter } from './src/reporter.ts'
import type { Run } from './src/warehouse/claim.ts'
import { openWarehouse } from './src/warehouse/open-warehouse.ts'
import type { Warehouse } from './src/warehouse/warehouse.ts'
import { Watchers } from './src/watching/watchers.ts'

/** Few loads at a time: they share one warehouse and the machine's cores. */
const LOAD_SLOTS = 4
/** Beside those: what is loaded in bulk keeps nothing else from its slot. */
const BULK_SLOTS = 4
const LEAST_WATCH_SLOTS = 10
/** A load that is running may end within this; then it is cancelled, which publishes nothing and undoes nothing. */
const GRACE = '5s'
/** A worker that does not end by itself in this time is left. */
const FORCE = '30s'
/** Cancelling a long poll must be heard within a second, so its heartbeats may not be held back. */
const LONGEST_THROTTLE = '1s'

export interface WorkerSettings {
  readonly config: Config
  readonly server: Partial<ServerAddress>
  readonly reporter: Reporter
  /** For tests: another warehouse than the config's, or a stop at a step of a load. */
  readonly warehouse?: Warehouse
  readonly onStep?: LoadContext['onStep']
  /** For tests: how much later what is overdue must still be so; `never`: nobody looks for it. */
  readonly overdue?: { readonly confirmMs: number } | 'never'
  readonly identity?: string
}

export interface RunningWorker extends AsyncDisposable {
  readonly warehouse: Warehouse
  /** Ends when the worker has ended; rejects when it failed. */
  readonly ended: Promise<void>
}

/** Connects, registers and runs: four workers in one process, one for each task queue. Disposing of it drains them. */
export async function startWorker(settings: WorkerSettings): Promise<RunningWorker> {
  const { config, reporter } = settings
  const { connectionOptions, namespace } = connectOptions({ namespace: config.temporal.namespace, ...settings.server })
  const { connection, close } = await closingConnection(connectionOptions)
  const native = await NativeConnection.connect(connectionOptions)
  const warehouse = settings.warehouse ?? openWarehouse(config, (holder) => reporter.waiting(holder))
  const pipelines = new OpenPipelines(config)
  const watchers = new Watchers(pipelines, warehouse)
  const loading = {
    warehouse,
    stagingFolder: join(config.stateFolder, 'staging'),
    report: loadedBy(reporter),
    ...(settings.onStep === undefined ? {} : { onStep: settings.onStep }),
  }
  const activities = {
    config,
    client: new Client({ connection, namespace }),
    pipelines,
    watchers,
    reporter,
    loading,
  }
  const shared = {
    connection: native,
    namespace,
    maxHeartbeatThrottleInterval: LONGEST_THROTTLE,
    defaultHeartbeatThrottleInterval: LONGEST_THROTTLE,
    shutdownForceTime: FORCE,
    ...(settings.identity === undefined ? {} : { identity: settings.identity }),
  } satisfies Partial<WorkerOptions>
  const { taskQueue } = config.temporal
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue,
      workflowBundle: { codePath: join(packageRoot(), 'dist', 'workflow-bundle.js') },
      activities: shortActivities(activities),
      interceptors: { activity: [beating] },
    }),
    Worker.create({
      ...shared,
      taskQueue: watchQueue(taskQueue),
      activities: watchActivities(activities),
      maxConcurrentActivityTaskExecutions: Math.max(LEAST_WATCH_SLOTS, config.pipelines.size),
    }),
    Worker.create({
      ...shared,
      taskQueue: loadQueue(taskQueue),
      activities: loadActivities(activities),
      maxConcurrentActivityTaskExecutions: LOAD_SLOTS,
      shutdownGraceTime: GRACE,
    }),
    Worker.create({
      ...shared,
      taskQueue: bulkQueue(taskQueue),
      activities: loadActivities(activities),
      maxConcurrentActivityTaskExecutions: BULK_SLOTS,
      shutdownGraceTime: GRACE,
    }),
  ])

  const { overdue } = settings
  const lookouts = overdue === 'never' ? undefined : new Lookouts({ ...activities, warehouse, confirmMs: overdue?.confirmMs })
  const isOpen = ({ workflowId, runId }: Run) => isRunOpen(activities.client, workflowId, runId)
  const ending = new AbortController()
  const cleared = clearStaging(loading, isOpen, ending.signal).catch(() => undefined) // what stays is for the next start
  const shutdown = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
  }
  const ended = runAll(workers, shutdown, async () => {
    // Together: what the watchers still ask may wait for a warehouse that somebody else holds, until this one is closed.
    ending.abort()
    const ends: PromiseLike<void>[] = [watchers[Symbol.asyncDispose](), lookouts?.[Symbol.asyncDispose]() ?? Promise.resolve()]
    // A question to the server that outlives the connection would be tried again without one, and end the process.
    if (settings.warehouse === undefined) ends.push(cleared, warehouse[Symbol.asyncDispose]())
    await Promise.all(ends)
    await native.close()
    await close()
  })
  return {
    warehouse,
    ended,
    [Symbol.asyncDispose]: () => {
      shutdown()
      return ended
    },
  }
}

/** One that fails takes the others with it. */
async function runAll(workers: readonly Worker[], shutdown: () => void, release: () => Promise<void>): Promise<void> {
  const runs = workers.map((worker) => worker.run())
  const failed = await Promise.race([Promise.allSettled(runs), Promise.all(runs)]).then(
    () => undefined,
    (error: unknown) => error ?? new Error('a worker failed'),
  )
  shutdown()
  await Promise.allSettled(runs)
  await release()
  if (failed !== undefined) throw failed
}
