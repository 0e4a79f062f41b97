import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { audit } from '../../src/auditing/audit.ts'
import type { Finding } from '../../src/auditing/finding.ts'
import { duckdb, localFolder } from '../../src/config/define.ts'
import { parseConfig } from '../../src/config/parse.ts'
import type { PipelineInput } from '../../src/config/schema.ts'
import { clearStaging } from '../../src/loading/clear-staging.ts'
import { loadBatch } from '../../src/loading/load-batch.ts'
import type { LoadContext } from '../../src/loading/load-files.ts'
import { loadPartition } from '../../src/loading/load-partition.ts'
import { type OpenPipeline, OpenPipelines } from '../../src/loading/open-pipelines.ts'
import type { Decision } from '../../src/warehouse/decision.ts'
import type { LedgerEntry } from '../../src/warehouse/ledger.ts'
import type { Warehouse } from '../../src/warehouse/warehouse.ts'
import { prices } from '../harness/prices.ts'
import { pipelineInput } from '../harness/workspace.ts'

/** Share prices in the table, by file. */
export type Rows = Readonly<Record<string, readonly number[]>>

/** How everything is after a load. */
export interface End {
  readonly rows: Rows
  /** `path#version status`, and what was decided and done. */
  readonly ledger: readonly string[]
  /** The bytes of each file at the source, whatever it is called. */
  readonly files: Readonly<Record<string, string>>
  readonly claims: number
  readonly staged: readonly string[]
  readonly backoffs: number
  readonly findings: readonly Finding[]
}

/** A pipeline for one fault, with a folder and a table of its own in a warehouse that many have. */
export class Ground {
  readonly #folder: string
  readonly #open: OpenPipeline
  readonly #context: LoadContext
  /** A request that is made again is told by its time. */
  readonly #decidedAt = new Date()

  private constructor(folder: string, open: OpenPipeline, context: LoadContext) {
    this.#folder = folder
    this.#open = open
    this.#context = context
  }

  static async make(root: string, name: string, warehouse: Warehouse, options: Partial<PipelineInput>): Promise<Ground> {
    const folder = join(root, name)
    await mkdir(join(folder, 'source'), { recursive: true })
    const source = localFolder('source', { files: '{partition}/*.csv', settle: '0s' })
    const pipeline = pipelineInput({ source, table: name, ...options })
    const config = parseConfig(
      { warehouse: duckdb('none.duckdb'), pipelines: { [name]: pipeline } },
      join(folder, 'tidemark.config.ts'),
    )
    return new Ground(folder, new OpenPipelines(config).get(name), { warehouse, stagingFolder: join(folder, 'staging') })
  }

  async drop(path: string, ...sharePrices: readonly number[]): Promise<void> {
    const [beside, at] = [join(this.#folder, 'writing'), join(this.#folder, 'source', path)]
    await mkdir(dirname(at), { recursive: true })
    await writeFile(beside, prices(...sharePrices))
    await rename(beside, at)
  }

  /** As if it had been modified then. */
  async date(path: string, day: string): Promise<void> {
    await utimes(join(this.#folder, 'source', path), new Date(day), new Date(day))
  }

  async delete(path: string): Promise<void> {
    await rm(join(this.#folder, 'source', path))
  }

  /** As the last try of a run of its own would. */
  async load(key: string, absent: readonly string[] = []): Promise<void> {
    const run = { workflowId: 'w', runId: randomUUID() }
    const signal = new AbortController().signal
    await loadPartition(this.#context, { open: this.#open, key, hints: [], absent, run, lastTry: true, signal })
  }

  /** One pass; every other run has closed. */
  async pass(): Promise<void> {
    const request = {
      open: this.#open,
      run: { workflowId: 'b', runId: randomUUID() },
      alsoPostponed: true,
      isOpen: () => Promise.resolve(false),
      progress: () => undefined,
      signal: new AbortController().signal,
    }
    await loadBatch(this.#context, request)
  }

  /** As the activity does it, which may be tried again. */
  async decide(path: string, decision: Decision): Promise<void> {
    const { warehouse } = this.#context
    const [newest] = await warehouse.files(this.#name, { path })
    if (newest === undefined) throw new Error(`expected ${path} in the ledger`)
    const request = { decision, reason: 'it is right', by: 'ann', fingerprint: newest.fingerprint, at: this.#decidedAt }
    await warehouse.decide(this.#name, path, request)
  }

  async rows(): Promise<Rows> {
    const made = await this.#context.warehouse.query(`SELECT 1 FROM duckdb_tables() WHERE table_name = '${this.#name}'`)
    if (made.rows.length === 0) return {}
    const { rows } = await this.#context.warehouse.query(
      `SELECT _tidemark_file AS file, list(share_price ORDER BY date) AS prices FROM "${this.#name}" GROUP BY ALL ORDER BY ALL`,
    )
    return Object.fromEntries(rows.map(({ file, prices }) => [file, prices]))
  }

  /** When a worker that starts has ended what killed loads have left. */
  async end(): Promise<End> {
    const { warehouse, stagingFolder } = this.#context
    const claims = await warehouse.claims()
    await clearStaging(this.#context, () => Promise.resolve(false), new AbortController().signal)
    const ledger = await warehouse.files(this.#name, { versions: true })
    return {
      rows: await this.rows(),
      ledger: ledger.map(lineOf),
      files: await bytesIn(join(this.#folder, 'source')),
      claims: claims.filter(({ pipeline }) => pipeline === this.#name).length,
      staged: await readdir(stagingFolder),
      backoffs: (await warehouse.backoffs(this.#name)).length,
      findings: (await audit(this.#open, warehouse)).findings,
    }
  }

  get #name(): string {
    return this.#open.pipeline.name
  }
}

function lineOf({ path, sequence, status, decision, carried_out_at, after_load, moved_to, gone_at }: LedgerEntry): string {
  const more = [
    decision && `${decision} ${carried_out_at === null ? 'open' : 'carried out'}`,
    after_load && [after_load, moved_to].filter(Boolean).join(' '),
    gone_at && 'gone',
  ]
  return [`${path}#${sequence} ${status}`, ...more.filter(Boolean)].join(', ')
}

async function bytesIn(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const at = join(entry.parentPath, entry.name)
    if (entry.isFile()) found[at.slice(folder.length + 1)] = await readFile(at, 'utf8')
  }
  return found
}
