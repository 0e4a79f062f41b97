import type { Client } from '@temporalio/client'
import type { ActOnFileResult } from '../../workflows/actOnFile.ts'
import type { BackfillResult } from '../../workflows/backfill-state.ts'
import type { Cursor } from '../../workflows/cursor.ts'
import type { SensorStatus, sensor } from '../../workflows/sensor.ts'
import type { BackfillProgress } from '../backfilling/progress.ts'
import type { BackfillRequest } from '../backfilling/request.ts'
import type { Freshness, FreshnessState, PartitionFreshness } from '../freshness/state.ts'
import type { PartitionState } from '../loading/load-partition.ts'
import { partitionId, ROWS, STATUS, sensorId } from '../names.ts'
import { type Act, actOnFileNow } from './act.ts'
import { type Backfill, startBackfill } from './backfill.ts'
import { type Connected, connect } from './connect.ts'
import type { ServerAddress } from './connect-options.ts'
import { readEvent, type SourceEvent } from './events/read-event.ts'
import { importPartitionNow, startBatch, startPartition } from './start.ts'

export { freshness } from './freshness.ts'
export type {
  ActOnFileResult,
  Backfill,
  BackfillProgress,
  BackfillResult,
  Cursor,
  Freshness,
  FreshnessState,
  PartitionFreshness,
  PartitionState,
  SensorStatus,
  SourceEvent,
}
export { readEvent }

/** Kept in the ledger beside what was decided. */
export interface Why {
  readonly reason?: string
  readonly by?: string
}

export interface Release extends Why {
  readonly reason: string
  /** Of the version that was looked at, as `files --json` prints it. */
  readonly fingerprint: string
}

/** Which partitions, and how; all that are not up to date by default. */
export interface BackfillOptions extends Omit<BackfillRequest, 'pipeline'> {
  /** Made of the range and `only` by default: the same options find the backfill that is open. */
  readonly name?: string
}

export interface TidemarkOptions extends Partial<ServerAddress> {
  /** `tidemark` by default, as in the config's `temporal.taskQueue`. */
  readonly taskQueue?: string
}

/** What is known of a partition's newest run. */
export interface PartitionRun {
  readonly workflowId: string
  readonly runId: string
  readonly open: boolean
  /** `loading`, `loaded`, `held`, … as in the search attribute `TidemarkStatus`. */
  readonly status: string | undefined
  readonly rows: number | undefined
}

/** Programmatic use: a worker must run for what is started here to be done. */
export class Tidemark implements AsyncDisposable {
  /** Temporal's own client, for what this one does not do. */
  readonly client: Client
  readonly #taskQueue: string
  readonly #connected: AsyncDisposable | undefined

  constructor(options: { client: Client; taskQueue?: string; connected?: AsyncDisposable }) {
    this.client = options.client
    this.#taskQueue = options.taskQueue ?? 'tidemark'
    this.#connected = options.connected
  }

  /** Connects as the environment says (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`), or to the address that is given. */
  static async connect(options: TidemarkOptions = {}): Promise<Tidemark> {
    const connected: Connected = await connect(options)
    return new Tidemark({
      client: connected.client,
      connected,
      ...(options.taskQueue === undefined ? {} : { taskQueue: options.taskQueue }),
    })
  }

  /**
   * Brings one partition up to date, and answers with what it is then.
   * @throws WorkflowFailedError with a cause of type `FileHeld` when its newest version is held
   */
  importPartition(pipeline: string, partition: string): Promise<PartitionState> {
    return importPartitionNow(this.client, { pipeline, partition, taskQueue: this.#taskQueue, trigger: 'manual' })
  }

  /** Starts that and does not wait; undefined when a run of that partition is open. */
  startPartition(pipeline: string, partition: string) {
    return startPartition(this.client, { pipeline, partition, taskQueue: this.#taskQueue, trigger: 'manual' })
  }

  /** Brings all partitions of a pipeline up to date, in the background. */
  startAll(pipeline: string) {
    return startBatch(this.client, { pipeline, taskQueue: this.#taskQueue, trigger: 'manual', alsoPostponed: true })
  }

  /**
   * Brings a range of partitions up to date, a few at a time, and answers at once with its handle; `result()` waits for the end.
   * @throws TidemarkError UsageError
   */
  backfill(pipeline: string, options: BackfillOptions = {}): Promise<Backfill> {
    return startBackfill(this.client, { ...options, pipeline, taskQueue: this.#taskQueue })
  }

  /** Loads a file again as it is, also when its rows were removed. */
  retryFile(pipeline: string, path: string, why: Why = {}): Promise<ActOnFileResult> {
    return this.#act({ pipeline, path, action: 'retry', ...why })
  }

  /**
   * Loads a version of a file in spite of a failed check.
   * @throws WorkflowFailedError with a cause of type `UsageError` when the source has another version by now
   */
  releaseFile(pipeline: string, path: string, why: Release): Promise<ActOnFileResult> {
    return this.#act({ pipeline, path, action: 'release', ...why })
  }

  /** Takes a file's rows out of the table, until it changes or is retried. */
  removeFile(pipeline: string, path: string, why: Why = {}): Promise<ActOnFileResult> {
    return this.#act({ pipeline, path, action: 'remove', ...why })
  }

  /** What became of a partition's newest run; undefined when there was none. */
  async partitionRun(pipeline: string, partition: string): Promise<PartitionRun | undefined> {
    const workflowId = partitionId(pipeline, partition)
    for await (const run of this.client.workflow.list({ query: `WorkflowId = ${JSON.stringify(workflowId)}`, pageSize: 1 })) {
      return {
        workflowId,
        runId: run.runId,
        open: run.status.name === 'RUNNING',
        status: run.typedSearchAttributes.get(STATUS),
        rows: run.typedSearchAttributes.get(ROWS),
      }
    }
    return undefined
  }

  /** Tells the sensor of new files: paths as the source lists them. It looks there at once. */
  notify(pipeline: string, paths: readonly string[]): Promise<void> {
    return this.#sensor(pipeline).signal('notify', [...paths])
  }

  /** Has the sensor look everywhere at once. */
  poll(pipeline: string): Promise<void> {
    return this.#sensor(pipeline).signal('poll')
  }

  pause(pipeline: string): Promise<void> {
    return this.#sensor(pipeline).signal('pause')
  }

  resume(pipeline: string): Promise<void> {
    return this.#sensor(pipeline).signal('resume')
  }

  /** The sensor's state; what it saw last is as old as its last turn. */
  sensorStatus(pipeline: string): Promise<SensorStatus> {
    return this.#sensor(pipeline).query<SensorStatus>('status')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connected?.[Symbol.asyncDispose]()
  }

  #act(act: Omit<Act, 'taskQueue'>): Promise<ActOnFileResult> {
    return actOnFileNow(this.client, { ...act, taskQueue: this.#taskQueue })
  }

  #sensor(pipeline: string) {
    return this.client.workflow.getHandle<typeof sensor>(sensorId(pipeline))
  }
}
