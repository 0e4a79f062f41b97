import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { above } from '../../src/checks/builders.ts'
import { duckdb, dynamic, localFolder } from '../../src/config/define.ts'
import { parseConfig } from '../../src/config/parse.ts'
import type { Config, Pipeline } from '../../src/config/pipeline.ts'
import type { ConfigInput, PipelineInput } from '../../src/config/schema.ts'
import { PRICE_COLUMNS } from './prices.ts'

/** One process runs many test files, and each of them counts from the start. */
const TEST_FILE = randomBytes(4).toString('hex')
let made = 0

/** A folder with a config and a source, for one test: its pipeline's name and its task queue are nobody else's. */
export class Workspace implements AsyncDisposable {
  readonly folder: string
  readonly pipeline: string
  readonly config: Config

  private constructor(folder: string, pipeline: string, config: Config) {
    this.folder = folder
    this.pipeline = pipeline
    this.config = config
  }

  /** A pipeline over `source/`, with a sensor, dynamic partitions and a short `settle`, unless the options say otherwise. */
  static async create(options: Partial<PipelineInput> = {}, alerts: ConfigInput['alerts'] = {}): Promise<Workspace> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-test-')))
    await mkdir(join(folder, 'source'))
    const pipeline = `p${TEST_FILE}_${++made}`
    const config = parseConfig(
      {
        warehouse: duckdb('warehouse.duckdb'),
        temporal: { taskQueue: pipeline },
        alerts,
        pipelines: { [pipeline]: pipelineInput(options) },
      },
      join(folder, 'tidemark.config.ts'),
    )
    return new Workspace(folder, pipeline, config)
  }

  /** The pipeline as its config has it. */
  get settings(): Pipeline {
    const settings = this.config.pipelines.get(this.pipeline)
    if (settings === undefined) throw new Error('expected the pipeline of the workspace')
    return settings
  }

  path(name: string): string {
    return join(this.folder, 'source', name)
  }

  /** Written beside and moved in, so that it is whole from its first moment. */
  async drop(name: string, content: string | Uint8Array): Promise<void> {
    const path = this.path(name)
    await mkdir(dirname(path), { recursive: true })
    const beside = join(this.folder, `writing-${++made}`)
    await writeFile(beside, content)
    await rename(beside, path)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}

export function pipelineInput(options: Partial<PipelineInput> = {}): PipelineInput {
  return {
    source: localFolder('source', { files: '{partition}.csv', settle: '200ms' }),
    partitions: dynamic(),
    table: 'prices',
    columns: PRICE_COLUMNS,
    csv: { dateFormat: '%Y/%m/%d' },
    checks: [above('share_price', 0)],
    ...(options.schedule === undefined ? { sensor: { every: '30s' } } : {}),
    ...options,
  }
}
