import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { sql } from '../../src/checks/builders.ts'
import { explain } from '../../src/cli/explanation.ts'
import { Surveyor } from '../../src/cli/survey.ts'
import { surveyLines } from '../../src/cli/survey-lines.ts'
import type { PipelineInput } from '../../src/config/schema.ts'
import { TidemarkError } from '../../src/errors.ts'
import { type BatchPass, loadBatch } from '../../src/loading/load-batch.ts'
import type { LoadContext } from '../../src/loading/load-files.ts'
import { loadPartition } from '../../src/loading/load-partition.ts'
import { type OpenPipeline, OpenPipelines } from '../../src/loading/open-pipelines.ts'
import type { Source } from '../../src/sources/source.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import type { Warehouse } from '../../src/warehouse/warehouse.ts'
import { prices } from '../harness/prices.ts'
import { Workspace } from '../harness/workspace.ts'

const UNREADABLE = 'k-unreadable'
const RUN = { workflowId: 'w', runId: 'r' }

/** One pipeline whose table somebody has given a constraint, and whose files are counted when they are opened. */
class Loads implements AsyncDisposable {
  readonly workspace: Workspace
  readonly warehouse: Warehouse
  readonly opened = new Map<string, number>()
  readonly #open: OpenPipeline

  private constructor(workspace: Workspace) {
    this.workspace = workspace
    this.warehouse = openWarehouse(workspace.config, () => undefined)
    const open = new OpenPipelines(workspace.config).get(workspace.pipeline)
    const count = (path: string) => this.opened.set(path, (this.opened.get(path) ?? 0) + 1)
    const source: Source = {
      ...open.source,
      readAll: async (paths, most) => {
        for (const path of paths) count(path)
        const readable = paths.filter((path) => !path.startsWith(UNREADABLE))
        return (await open.source.readAll?.(readable, most)) ?? new Map()
      },
      open: async (version) => {
        const { path } = version
        count(path)
        if (path.startsWith(UNREADABLE)) throw new TidemarkError('FileUnreadable', `cannot read ${path}`)
        return open.source.open(version)
      },
    }
    this.#open = { ...open, source }
  }

  static async create(options: Partial<PipelineInput>): Promise<Loads> {
    const source = { kind: 'local', folder: 'source', files: '{partition}.csv', settle: '0s' } as const
    const loads = new Loads(await Workspace.create({ source, ...options }))
    await loads.warehouse.query(
      `CREATE TABLE prices (date DATE, share_price DOUBLE CHECK (share_price < 100), amount DOUBLE, spend DOUBLE, shift DOUBLE,
       spread DOUBLE, _tidemark_partition VARCHAR, _tidemark_file VARCHAR)`,
    )
    return loads
  }

  get #context(): LoadContext {
    return { warehouse: this.warehouse, stagingFolder: join(this.workspace.folder, 'staging') }
  }

  pass(lastTry = false): Promise<BatchPass> {
    return loadBatch(this.#context, {
      open: this.#open,
      run: RUN,
      alsoPostponed: false,
      isOpen: () => Promise.resolve(false),
      progress: () => undefined,
      lastTry,
      signal: new AbortController().signal,
    })
  }

  /** As the last try of an import would. */
  async import(key: string): Promise<void> {
    const { signal } = new AbortController()
    await loadPartition(this.#context, { open: this.#open, key, hints: [], run: RUN, lastTry: true, signal }).catch(
      () => undefined,
    )
  }

  /** All that a person can see of a file, without what is another one each time: marks, times, names of folders. */
  async seen(path: string): Promise<unknown> {
    const { pipeline } = this.workspace
    const explanation = await explain(this.#open, this.warehouse, path)
    const ledger = (await this.warehouse.files(pipeline, { path, versions: true })).map((entry) => {
      const { sequence, status, rows, rejected_rows, error, checks, content_hash, partition_key, workflow_id, decision } = entry
      return { sequence, status, rows, rejected_rows, error, checks, content_hash, partition_key, workflow_id, decision }
    })
    const backoffs = (await this.warehouse.backoffs(pipeline)).filter(({ key }) => `${key}.csv` === path)
    return JSON.parse(
      JSON.stringify({ explanation, ledger, backoffs: backoffs.map(({ key, tries, error }) => ({ key, tries, error })) })
        .replaceAll(this.workspace.folder, '/folder')
        .replaceAll(pipeline, 'pipeline')
        .replaceAll(/\d+-\d{16,}-\d{16,}-\d+/g, 'FINGERPRINT')
        .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, 'TIME'),
    )
  }

  /** The lines of `tidemark status` that name one of these. */
  async status(...keys: readonly string[]): Promise<string[]> {
    const survey = await new Surveyor(this.workspace.config, this.warehouse).survey(this.workspace.pipeline)
    const named = surveyLines(survey, false).filter((line) => keys.some((key) => line.includes(key)))
    return named.map((line) =>
      line.replaceAll(this.workspace.folder, '/folder').replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, 'TIME'),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.warehouse[Symbol.asyncDispose]()
    await this.workspace[Symbol.asyncDispose]()
  }
}

test('what is no file’s fault ends the pass; after the last try it is told of each of them, as of one that is alone', async () => {
  const files = { a: prices(1), b: prices(2), c: prices(0) }
  await using together = await Loads.create({})
  for (const [key, content] of Object.entries(files)) await together.workspace.drop(`${key}.csv`, content)
  const { pipeline, folder } = together.workspace
  await writeFile(join(folder, 'staging'), 'no folder')
  await expect(together.pass()).rejects.toThrow('ENOTDIR')
  expect(await together.warehouse.backoffs(pipeline)).toEqual([])
  expect(await together.pass(true)).toMatchObject({ loaded: 0, held: 0, left: 3 })
  await using alone = await Loads.create({})
  await alone.workspace.drop('a.csv', files.a)
  await writeFile(join(alone.workspace.folder, 'staging'), 'no folder')
  await alone.import('a')
  const errors = (await together.warehouse.backoffs(pipeline)).map(
    ({ key, error }) => `${key}: ${error.replaceAll(/'.*'/g, '…')}`,
  )
  const [backoff] = await alone.warehouse.backoffs(alone.workspace.pipeline)
  expect(errors).toEqual(Object.keys(files).map((key) => `${key}: ${backoff?.error.replaceAll(/'.*'/g, '…')}`))
  await rm(join(folder, 'staging'))
  await together.warehouse.query('UPDATE tidemark.claims SET not_before = now()')
  expect(await together.pass()).toMatchObject({ loaded: 2, held: 1, left: 0 })
  expect(await together.warehouse.claims()).toEqual([])
})

async function batchBeside(options: Partial<PipelineInput>, good: number, bad: Readonly<Record<string, string>>) {
  const together = await Loads.create(options)
  for (let at = 0; at < good; at++) await together.workspace.drop(`${at % 2 === 0 ? 'a' : 'z'}${at}.csv`, prices(1 + (at % 50)))
  for (const [key, content] of Object.entries(bad)) await together.workspace.drop(`${key}.csv`, content)
  return { together, pass: await together.pass() }
}

async function expectAsAlone(together: Loads, options: Partial<PipelineInput>, bad: Readonly<Record<string, string>>) {
  for (const [key, content] of Object.entries(bad)) {
    await using alone = await Loads.create(options)
    await alone.workspace.drop(`${key}.csv`, content)
    await alone.import(key)
    expect(await together.seen(`${key}.csv`)).toEqual(await alone.seen(`${key}.csv`))
    expect(await together.status(key)).toEqual(await alone.status(key))
  }
}

test('bad files of each sort among 500 are found in one pass; the others are loaded in it, and read once', async () => {
  const bad = {
    'k-malformed': 'no header\n',
    'k-check': prices(1, 0),
    'k-constraint': prices(2, 500),
    'k-over': prices(600),
    [UNREADABLE]: prices(1),
  }
  const { together, pass } = await batchBeside({}, 600, bad)
  await using _ = together
  expect(pass).toMatchObject({ loaded: 600, held: 2, left: 3 })
  const opens = [...together.opened].filter(([path]) => !path.startsWith('k-'))
  expect(opens).toHaveLength(600)
  expect(opens.filter(([, times]) => times !== 1)).toEqual([])
  await expectAsAlone(together, {}, bad)
  const { loaded, held } = await together.warehouse.counts(together.workspace.pipeline)
  expect({ loaded, held, claims: await together.warehouse.claims() }).toEqual({ loaded: 600, held: 2, claims: [] })
  const { rows } = await together.warehouse.query('SELECT count(DISTINCT _tidemark_file)::INTEGER AS files FROM prices')
  expect(rows).toEqual([{ files: 600 }])
})

test('a file on which a check cannot be asked at all is left alone, and the others are loaded in the same pass, read once', async () => {
  // It is a number of one byte for all of them but one.
  const options = { checks: [sql('low', 'SELECT * FROM rows WHERE share_price::TINYINT < 0')] }
  const bad = { 'k-broken': prices(10, 1_000), 'k-check': prices(-1) }
  const { together, pass } = await batchBeside(options, 20, bad)
  await using _ = together
  expect(pass).toMatchObject({ loaded: 20, held: 1, left: 1 })
  expect([...together.opened.values()].filter((times) => times !== 1)).toEqual([])
  await expectAsAlone(together, options, bad)
})
