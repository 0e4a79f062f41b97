import { randomUUID } from 'node:crypto'
import { Client, Connection } from '@temporalio/client'
import './quiet.ts'
import { Tidemark } from '../../src/client/index.ts'
import type { Duplicates, Loaded, Reporter } from '../../src/reporter.ts'
import { apply } from '../../src/schedules/apply.ts'
import type { LedgerEntry } from '../../src/warehouse/ledger.ts'
import type { News } from '../../src/warehouse/news.ts'
import type { Row } from '../../src/warehouse/warehouse.ts'
import { type RunningWorker, startWorker, type WorkerSettings } from '../../worker.ts'
import { testServer } from './server-address.ts'
import { until } from './until.ts'
import type { Workspace } from './workspace.ts'

/** What a worker has said. */
export class Recorder implements Reporter {
  readonly loads: Loaded[] = []
  readonly duplicated: Duplicates[] = []
  readonly told: News[] = []
  readonly holders: (string | undefined)[] = []
  loaded(loaded: Loaded): void {
    this.loads.push(loaded)
  }
  duplicates(duplicates: Duplicates): void {
    this.duplicated.push(duplicates)
  }
  news(news: News): void {
    this.told.push(news)
  }
  waiting(holder: string | undefined): void {
    this.holders.push(holder)
  }
}

/** A worker in this process for a workspace, and what a test asks of it. */
export class Running implements AsyncDisposable {
  readonly workspace: Workspace
  readonly worker: RunningWorker
  readonly tidemark: Tidemark
  readonly client: Client
  readonly said: Recorder
  readonly #connection: Connection

  private constructor(workspace: Workspace, worker: RunningWorker, connection: Connection, said: Recorder) {
    this.workspace = workspace
    this.worker = worker
    this.#connection = connection
    this.client = new Client({ connection })
    this.tidemark = new Tidemark({ client: this.client, taskQueue: workspace.config.temporal.taskQueue })
    this.said = said
  }

  /** On the server that all tests share, and without looking for what is overdue, unless the settings say otherwise. */
  static async start(workspace: Workspace, settings: Partial<WorkerSettings> = {}): Promise<Running> {
    const said = new Recorder()
    const server = settings.server ?? { address: testServer() }
    const worker = await startWorker({
      config: workspace.config,
      reporter: said,
      identity: randomUUID(),
      overdue: 'never',
      ...settings,
      server,
    })
    return new Running(workspace, worker, await Connection.connect(server), said)
  }

  get pipeline(): string {
    return this.workspace.pipeline
  }

  /** Starts what the config asks for: schedules and sensors. */
  async apply() {
    return apply({ client: this.client, config: this.workspace.config, identity: await this.worker.warehouse.identity() })
  }

  rows(sql: string): Promise<readonly Row[]> {
    return this.worker.warehouse.query(sql).then(({ rows }) => rows)
  }

  /** Share prices in the table, by file. */
  async sharePrices(): Promise<Record<string, number[]>> {
    const rows = await this.rows(
      'SELECT _tidemark_file AS file, list(share_price ORDER BY date) AS prices FROM prices GROUP BY ALL ORDER BY ALL',
    )
    return Object.fromEntries(rows.map(({ file, prices }) => [file, prices]))
  }

  ledger(versions = true): Promise<readonly LedgerEntry[]> {
    return this.worker.warehouse.files(this.pipeline, { versions })
  }

  /** `path#version status` of each entry: the ledger at a glance. */
  async ledgerLines(): Promise<string[]> {
    return (await this.ledger()).map(({ path, sequence, status }) => `${path}#${sequence} ${status}`)
  }

  /** Waits until the newest version of a path has an outcome. */
  outcome(path: string, sequence = 1): Promise<LedgerEntry> {
    return until(`an outcome of ${path}, version ${sequence}`, async () =>
      (await this.ledger()).find((entry) => entry.path === path && entry.sequence === sequence),
    )
  }

  /** Ends what was started on the server for this pipeline, then the worker. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.schedule
      .getHandle(this.pipeline)
      .delete()
      .catch(() => undefined) // most pipelines have none
    const query = `TidemarkPipeline = '${this.pipeline}' AND ExecutionStatus = 'Running'`
    for await (const { workflowId } of this.client.workflow.list({ query })) {
      await this.client.workflow
        .getHandle(workflowId)
        .terminate('the test is over')
        .catch(() => undefined) // it has just ended by itself
    }
    await this.worker[Symbol.asyncDispose]()
    await this.#connection.close()
  }
}
