import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { audit } from '../../src/auditing/audit.ts'
import { type Survey, Surveyor } from '../../src/cli/survey.ts'
import { isWell, surveyLines } from '../../src/cli/survey-lines.ts'
import { localFolder } from '../../src/config/define.ts'
import type { PipelineInput } from '../../src/config/schema.ts'
import { loadBatch } from '../../src/loading/load-batch.ts'
import type { LoadContext } from '../../src/loading/load-files.ts'
import { loadPartition } from '../../src/loading/load-partition.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import type { Warehouse } from '../../src/warehouse/warehouse.ts'
import { prices } from '../harness/prices.ts'
import { Workspace } from '../harness/workspace.ts'

/** Loads as a worker does, without a server. */
class Loading implements AsyncDisposable {
  readonly workspace: Workspace
  readonly warehouse: Warehouse
  readonly #run = { workflowId: 'test', runId: 'test' }
  readonly #signal = new AbortController().signal

  private constructor(workspace: Workspace) {
    this.workspace = workspace
    this.warehouse = openWarehouse(workspace.config, () => undefined)
  }

  static async create(options: Partial<PipelineInput>): Promise<Loading> {
    return new Loading(
      await Workspace.create({ source: localFolder('source', { files: '**/{partition}.csv', settle: '0s' }), ...options }),
    )
  }

  /** Each time as another worker. */
  #open() {
    return new OpenPipelines(this.workspace.config).get(this.workspace.pipeline)
  }

  #context(more: Partial<LoadContext>): LoadContext {
    return { warehouse: this.warehouse, stagingFolder: join(this.workspace.folder, 'staging'), ...more }
  }

  load(key: string, more: Partial<LoadContext> = {}, absent: readonly string[] = []) {
    const request = { open: this.#open(), key, hints: [], absent, run: this.#run, lastTry: true, signal: this.#signal }
    return loadPartition(this.#context(more), request)
  }

  loadAll() {
    const asked = { alsoPostponed: true, isOpen: async () => false, progress: () => undefined }
    return loadBatch(this.#context({}), { open: this.#open(), run: this.#run, signal: this.#signal, ...asked })
  }

  async ledger(): Promise<string[]> {
    const entries = await this.warehouse.files(this.workspace.pipeline, { versions: true })
    return entries.map(
      ({ path, sequence, status, after_load, moved_to, gone_at }) =>
        `${path}#${sequence} ${status} ${after_load} ${moved_to}${gone_at === null ? '' : ' gone'}`,
    )
  }

  survey(): Promise<Survey> {
    return new Surveyor(this.workspace.config, this.warehouse).survey(this.workspace.pipeline)
  }

  /** Every file below the source's folder. */
  async files(): Promise<string[]> {
    const entries = await readdir(this.workspace.path(''), { recursive: true, withFileTypes: true })
    const root = join(this.workspace.folder, 'source/')
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
      .sort()
  }

  audit() {
    return audit(this.#open(), this.warehouse)
  }

  async prices(): Promise<unknown[]> {
    const { rows } = await this.warehouse.query('SELECT share_price FROM prices ORDER BY ALL')
    return rows.map((row) => row.share_price)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.warehouse[Symbol.asyncDispose]()
    await this.workspace[Symbol.asyncDispose]()
  }
}

const crash = (at: string) => ({
  onStep: (step: string) => {
    if (step === at) throw new Error('killed')
  },
})

test('move: what is loaded goes into a folder that is never read, and is not gone; the next version gets a name of its own', async () => {
  await using loading = await Loading.create({ afterLoad: 'move', onDeleted: 'remove' })
  const { workspace } = loading
  await workspace.drop('sub/day.csv', prices(1))
  await workspace.drop('bad.csv', 'no header\n')
  await loading.load('day')
  await loading.load('bad')
  expect(await loading.files()).toEqual(['_loaded/sub/day.csv', 'bad.csv'])
  // Others are there, so that sweeps would believe that it is gone.
  for (let pass = 0; pass < 3; pass++) await loading.load('day', {}, ['sub/day.csv'])
  expect(await loading.ledger()).toEqual(['bad.csv#1 held null null', 'sub/day.csv#1 loaded done _loaded/sub/day.csv'])

  await workspace.drop('sub/day.csv', prices(2))
  await loading.loadAll()
  expect(await loading.files()).toEqual(['_loaded/sub/day.2.csv', '_loaded/sub/day.csv', 'bad.csv'])
  expect(await loading.prices()).toEqual([2])
  expect((await loading.ledger()).at(-1)).toBe('sub/day.csv#2 loaded done _loaded/sub/day.2.csv')
})

test.each([
  ['move', ['_loaded/day.csv'], '_loaded/day.csv'],
  ['delete', [], 'null'],
] as const)(
  '%s: what a crash has left owed, after the commit or before the ledger has it, is paid by the next load',
  async (afterLoad, left, to) => {
    await using loading = await Loading.create({ afterLoad, onDeleted: 'remove' })
    const { workspace, warehouse } = loading
    await workspace.drop('day.csv', prices(1))
    await expect(loading.load('day', crash('published'))).rejects.toThrow('killed')
    expect(await loading.files()).toEqual(['day.csv'])
    expect(await loading.ledger()).toEqual(['day.csv#1 loaded owed null'])

    const deaf: Warehouse = { ...warehouse, payDebts: () => Promise.reject(new Error('killed')) }
    await expect(loading.load('day', { warehouse: deaf })).rejects.toThrow('killed')
    expect(await loading.files()).toEqual(left)
    expect(await loading.ledger()).toEqual(['day.csv#1 loaded owed null'])

    await loading.load('day', {}, ['day.csv'])
    expect(await loading.files()).toEqual(left)
    expect(await loading.ledger()).toEqual([`day.csv#1 loaded done ${to}`])
    expect(await loading.prices()).toEqual([1])
  },
)

test('a newer version that comes between load and move is not taken, and is loaded', async () => {
  await using loading = await Loading.create({ afterLoad: 'delete' })
  const { workspace } = loading
  await workspace.drop('day.csv', prices(1))
  const replaced = { onStep: (step: string) => (step === 'published' ? workspace.drop('day.csv', prices(2, 3)) : undefined) }
  await loading.load('day', replaced)
  expect(await readFile(workspace.path('day.csv'), 'utf8')).toBe(prices(2, 3))
  await loading.load('day')
  expect(await loading.files()).toEqual([])
  expect(await loading.prices()).toEqual([2, 3])
  expect(await loading.ledger()).toEqual(['day.csv#1 superseded null null', 'day.csv#2 loaded done null'])
})

test('where the target cannot be written it stays owed, which `status` says with the reason, and the load is none the worse; a batch pays it later', async () => {
  await using loading = await Loading.create({ afterLoad: { move: 'done/here' } })
  const { workspace } = loading
  await writeFile(workspace.path('done'), 'a file where a folder should be')
  await workspace.drop('day.csv', prices(1))
  expect(await loading.load('day')).toMatchObject({ state: 'loaded', rows: 1 })
  expect(await loading.ledger()).toEqual(['day.csv#1 loaded owed null'])
  const survey = await loading.survey()
  expect(survey.owed).toMatchObject([
    { path: 'day.csv', error: expect.stringContaining('move to done/here the loaded file day.csv') },
  ])
  expect(isWell(survey)).toBe(false)
  expect(surveyLines(survey, false)).toContainEqual(
    expect.stringMatching(/^ {2}to move or delete: day\.csv: .+ it is tried again\.$/),
  )
  await rm(workspace.path('done'))
  await mkdir(workspace.path('done/here'), { recursive: true })
  await writeFile(workspace.path('done/here/day.csv'), 'somebody else')
  await loading.loadAll()
  expect(await loading.files()).toEqual(['done/here/day.1.csv', 'done/here/day.csv'])
  expect(isWell(await loading.survey())).toBe(true)
  expect(await readFile(workspace.path('done/here/day.csv'), 'utf8')).toBe('somebody else')
})

test('rows whose file we moved stay when a newer version of it was held and is gone', async () => {
  await using loading = await Loading.create({ afterLoad: 'move', onDeleted: 'remove' })
  const { workspace } = loading
  await workspace.drop('day.csv', prices(1))
  await loading.load('day')
  await workspace.drop('day.csv', prices(-2))
  await loading.load('day')
  await rm(workspace.path('day.csv'))
  await loading.load('day', {}, ['day.csv'])
  expect(await loading.ledger()).toEqual(['day.csv#1 loaded done _loaded/day.csv', 'day.csv#2 held null null gone'])
  expect(await loading.prices()).toEqual([1])
  await workspace.drop('other.csv', prices(-3))
  await loading.load('other')
  expect(await loading.audit()).toMatchObject({ gone: 0, findings: [] })
})

test('what a person wants read again is moved after that, and not before', async () => {
  await using loading = await Loading.create({ afterLoad: 'move' })
  const { workspace, warehouse } = loading
  await workspace.drop('day.csv', prices(1))
  await expect(loading.load('day', crash('published'))).rejects.toThrow('killed')
  const { carried_out_at } = await warehouse.decide(workspace.pipeline, 'day.csv', { decision: 'retry', reason: null, by: null })
  expect(carried_out_at).toBeNull()
  await loading.load('day')
  expect((await warehouse.files(workspace.pipeline, {}))[0]?.carried_out_at).not.toBeNull()
  expect(await loading.ledger()).toEqual(['day.csv#1 loaded done _loaded/day.csv'])
})
