import { join } from 'node:path'
import { untoldIn } from '../../activities/untold.ts'
import { explain } from '../../src/cli/explanation.ts'
import type { PipelineInput } from '../../src/config/schema.ts'
import { loadPartition } from '../../src/loading/load-partition.ts'
import { type OpenPipeline, OpenPipelines } from '../../src/loading/open-pipelines.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import type { Warehouse } from '../../src/warehouse/warehouse.ts'
import { type Readiness, Watcher } from '../../src/watching/watcher.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

/** Long enough that nothing is looked at for its sake while a test runs. */
const NEVER_MS = 3_600_000

interface Look {
  readonly leaveOut?: (key: string) => boolean
  readonly alsoPostponed?: boolean
  readonly signal?: AbortSignal
}

/** A watcher over a real folder and a real warehouse, without a server. */
export class Watched implements AsyncDisposable {
  readonly workspace: Workspace
  readonly warehouse: Warehouse
  readonly watcher: Watcher
  readonly open: OpenPipeline

  private constructor(workspace: Workspace) {
    this.workspace = workspace
    this.warehouse = openWarehouse(workspace.config, () => undefined)
    this.open = new OpenPipelines(workspace.config).get(workspace.pipeline)
    this.watcher = new Watcher(this.open, this.warehouse, NEVER_MS)
  }

  static async create(options: Partial<PipelineInput> = {}): Promise<Watched> {
    return new Watched(await Workspace.create(options))
  }

  /** What people have not been told of a partition. */
  untold(partition: string) {
    return untoldIn(this.warehouse, this.open, partition)
  }

  look({ leaveOut = () => false, alsoPostponed = false, signal = new AbortController().signal }: Look = {}): Promise<Readiness> {
    return this.watcher.look({ leaveOut, alsoPostponed, signal })
  }

  /** Looks until something is ready. */
  ready(look: Look = {}): Promise<Readiness> {
    return until('something that is ready', async () => {
      const ready = await this.look(look)
      return (ready.many || ready.partitions.length > 0) && ready
    })
  }

  async readyKeys(look: Look = {}): Promise<string[]> {
    return (await this.ready(look)).partitions.map(({ key }) => key)
  }

  /** As an import would. On its last try it leaves the partition alone for a while when it fails. */
  load(key: string, stagingFolder = join(this.workspace.folder, 'staging')) {
    const context = { warehouse: this.warehouse, stagingFolder }
    const run = { workflowId: 'test', runId: key }
    const { signal } = new AbortController()
    return loadPartition(context, { open: this.open, key, hints: [], run, lastTry: true, signal })
  }

  /** `path#version status rows` of each entry, with why where it says so. */
  async ledger(): Promise<string[]> {
    const entries = await this.warehouse.files(this.workspace.pipeline, { versions: true })
    return entries.map(
      ({ path, sequence, status, error }) => `${path}#${sequence} ${status}${error === null ? '' : `: ${error}`}`,
    )
  }

  /** Share prices in the table, by file. */
  async sharePrices(): Promise<Record<string, number[]>> {
    const { rows } = await this.warehouse.query(
      'SELECT _tidemark_file AS file, list(share_price ORDER BY date) AS prices FROM prices GROUP BY ALL ORDER BY ALL',
    )
    return Object.fromEntries(rows.map(({ file, prices }) => [file, prices]))
  }

  /** What `explain` says would happen to a file now, as a process does that has watched nothing. */
  async now(path: string): Promise<string | undefined> {
    const open = new OpenPipelines(this.workspace.config).get(this.workspace.pipeline)
    return (await explain(open, this.warehouse, path))?.steps.at(-1)?.text
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.watcher[Symbol.asyncDispose]()
    await this.warehouse[Symbol.asyncDispose]()
    await this.workspace[Symbol.asyncDispose]()
  }
}
