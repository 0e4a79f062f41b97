import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Csv, Pipeline } from '../../src/config/pipeline.ts'
import type { Listed, Source } from '../../src/sources/source.ts'
import { stageFiles } from '../../src/staging/stage-files.ts'
import type { Staged } from '../../src/staging/staged.ts'

export type Settings = Partial<Pick<Pipeline, 'columns' | 'checks' | 'onBadRows' | 'onSchemaChange'>> & {
  readonly csv?: Partial<Csv>
}

export const csvDefaults: Csv = { delimiter: ',', quote: '"', escape: '"', header: true, nullText: [] }

export function pipelineOf({
  columns = { a: 'VARCHAR', b: 'BIGINT' },
  checks = [],
  csv = {},
  onBadRows = 'hold',
  onSchemaChange = 'freeze',
}: Settings = {}): Pipeline {
  return {
    name: 'prices',
    source: {
      kind: 'local',
      folder: '/nowhere',
      files: '{partition}.csv',
      settleMs: 0,
      identity: 'stat',
      done: undefined,
      manifest: undefined,
    },
    partitions: { kind: 'dynamic' },
    initial: { since: 'all', order: undefined, atOnce: 500 },
    table: { schema: 'main', name: 'prices' },
    columns,
    csv: { ...csvDefaults, ...csv },
    checks,
    arrival: undefined,
    onBadRows,
    onSchemaChange,
    onDeleted: 'keep',
    onDuplicate: 'load',
    afterLoad: { kind: 'keep' },
  }
}

export function listed(path: string): Listed {
  return { path, fingerprint: path, size: 0, modifiedAt: new Date(0) }
}

/** A source folder and a staging folder, removed together. */
export class Bench {
  readonly folder: string
  #calls = 0

  private constructor(folder: string) {
    this.folder = folder
  }

  static async create(): Promise<Bench> {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-staging-'))
    await mkdir(join(folder, 'source'))
    return new Bench(folder)
  }

  get source(): Pick<Source, 'open'> {
    return { open: async ({ path }) => createReadStream(join(this.folder, 'source', path)) }
  }

  async put(path: string, content: string | Uint8Array): Promise<void> {
    await writeFile(join(this.folder, 'source', path), content)
  }

  async emptyFolder(name = `staging-${this.#calls++}`): Promise<string> {
    const folder = join(this.folder, name)
    await mkdir(folder)
    return folder
  }

  /** Stages what was put there before. */
  async stage(
    paths: readonly string[],
    settings: Settings = {},
    signal = new AbortController().signal,
  ): Promise<readonly Staged[]> {
    const folder = await this.emptyFolder()
    return stageFiles({
      pipeline: pipelineOf(settings),
      source: this.source,
      files: paths.map((path) => ({ listed: listed(path), key: 'k' })),
      folder,
      signal,
    })
  }

  /** Stages one file with this content. */
  async stageOne(content: string | Uint8Array, settings: Settings = {}, path = 'file.csv'): Promise<Staged> {
    await this.put(path, content)
    const [staged] = await this.stage([path], settings)
    if (staged === undefined) throw new Error('no verdict')
    return staged
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}

let reader: Promise<DuckDBInstance> | undefined

/** The rows of a good file, each value as text; its verdict and reason when it is not good. */
export function rowsOf(staged: Staged): Promise<unknown> {
  return query(staged, 'COLUMNS(*)::VARCHAR')
}

/** The rows of a good file, each value as JSON has it. */
export function valuesOf(staged: Staged): Promise<unknown> {
  return query(staged, '*')
}

async function query(staged: Staged, select: string): Promise<unknown> {
  if (staged.verdict !== 'good') return staged
  reader ??= DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await (await reader).connect()
  try {
    await connection.run("SET TimeZone='UTC'")
    // Read through a connection without a sandbox, so what would be a pattern in the path is put into a class.
    const path = staged.rowsFile.replaceAll(/[[*?]/g, '[$&]')
    const from = '(SELECT * EXCLUDE (_tidemark_partition, _tidemark_file) FROM read_parquet($1) WHERE _tidemark_file = $2)'
    const rows = await connection.runAndReadAll(`SELECT ${select} FROM ${from}`, [path, staged.path])
    return rows.getRowsJson()
  } finally {
    connection.closeSync()
  }
}
