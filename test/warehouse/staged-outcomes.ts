import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Pipeline } from '../../src/config/pipeline.ts'
import type { PipelineInput } from '../../src/config/schema.ts'
import { quotedText } from '../../src/sql-text.ts'
import { duckdbWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse.ts'
import type { Outcome, Publication, Published } from '../../src/warehouse/publication.ts'
import type { Warehouse } from '../../src/warehouse/warehouse.ts'
import { Workspace } from '../harness/workspace.ts'

export const RUN = { workflowId: 'workflow', runId: 'run' }

/** A warehouse of its own, and what staging would hand to it. */
export class Loads implements AsyncDisposable {
  readonly workspace: Workspace
  readonly pipeline: Pipeline
  readonly warehouse: Warehouse
  #made = 0

  private constructor(workspace: Workspace, pipeline: Pipeline) {
    this.workspace = workspace
    this.pipeline = pipeline
    this.warehouse = duckdbWarehouse({ file: workspace.config.warehouse.file })
  }

  /** One column, `n`, unless the options say otherwise. */
  static async create(options: Partial<PipelineInput> = {}): Promise<Loads> {
    const workspace = await Workspace.create({ columns: { n: 'INTEGER' }, checks: [], ...options })
    return new Loads(workspace, workspace.settings)
  }

  async claim(keys: readonly string[], over: 'any' | ReadonlySet<string> = 'any') {
    const claim = randomUUID()
    return { claim, ...(await this.warehouse.claim({ pipeline: this.pipeline, keys, claim, run: RUN, over })) }
  }

  /** A file whose rows are those of a query; its name is made of its key, unless it is given. */
  async good(key: string, query: string, path = `${key}.csv`, folder = 'staged'): Promise<Outcome> {
    const into = join(this.workspace.folder, folder)
    await mkdir(into, { recursive: true })
    const rowsFile = join(into, `${++this.#made}.parquet`)
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const rowsOfIt = `SELECT *, ${quotedText(key)} AS _tidemark_partition, ${quotedText(path)} AS _tidemark_file FROM (${query})`
    const copied = await connection.runAndReadAll(`COPY (${rowsOfIt}) TO ${quotedText(rowsFile)} (FORMAT parquet)`)
    const rows = Number(copied.getRowsJson()[0]?.[0])
    connection.closeSync()
    instance.closeSync()
    return { ...this.#handled(key, path), verdict: 'good', rowsFile, rows }
  }

  /** The same file with other bytes, or with those of another. */
  withBytes(outcome: Outcome, contentHash: string): Outcome {
    return { ...outcome, contentHash }
  }

  same(key: string, path = `${key}.csv`): Outcome {
    return { ...this.#handled(key, path), verdict: 'same' }
  }

  held(key: string, reason: string, text = 'a,b'): Outcome {
    const rejected = [{ line: 2, column: 'n', error: 'not a number', text }]
    return { ...this.#handled(key, `${key}.csv`), verdict: 'held', reason, rejected }
  }

  /** What a load for a decision on the newest version of a path comes to. */
  async answer(outcome: Outcome, decision: 'retry' | 'release'): Promise<Outcome> {
    const [newest] = await this.warehouse.files(this.pipeline.name, { path: outcome.listed.path })
    return { ...outcome, decision, listed: { ...outcome.listed, fingerprint: newest?.fingerprint ?? 'none' } }
  }

  publication(claim: string, outcomes: readonly Outcome[], postponed?: ReadonlyMap<string, string>): Publication {
    const keys = [...new Set([...outcomes.map(({ key }) => key), ...(postponed?.keys() ?? [])])]
    return { pipeline: this.pipeline, claim, keys, outcomes, run: RUN, ...(postponed === undefined ? {} : { postponed }) }
  }

  /** Claims, and publishes with that claim. */
  async load(...outcomes: readonly Outcome[]): Promise<Published> {
    const { claim } = await this.claim([...new Set(outcomes.map(({ key }) => key))])
    return this.warehouse.publish(this.publication(claim, outcomes))
  }

  /** `path#version status rows` of each entry. */
  async ledgerLines(): Promise<string[]> {
    const entries = await this.warehouse.files(this.pipeline.name, { versions: true })
    return entries.map(({ path, sequence, status, rows }) => `${path}#${sequence} ${status} ${rows}`)
  }

  async values(sql: string): Promise<unknown[]> {
    return (await this.warehouse.query(sql)).rows.map((row) => Object.values(row)[0])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.warehouse[Symbol.asyncDispose]()
    await this.workspace[Symbol.asyncDispose]()
  }

  #handled(key: string, path: string) {
    this.#made += 1
    return {
      listed: { path, fingerprint: `f${this.#made}`, size: 10, modifiedAt: new Date('2026-01-02T03:04:05.678Z') },
      key,
      contentHash: `hash-${this.#made}`,
      checks: [{ check: 'above(n, 0)', blocking: true, passed: true, failed: 0, sample: [] }],
      firstSeenAt: new Date('2026-01-02T03:04:06Z'),
      settledAt: new Date('2026-01-02T03:04:08Z'),
    }
  }
}
