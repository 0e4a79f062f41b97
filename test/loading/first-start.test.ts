import { randomUUID } from 'node:crypto'
import { readdir, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { daily, dynamic, localFolder } from '../../src/config/define.ts'
import type { PipelineInput } from '../../src/config/schema.ts'
import { begin, ensureBegun } from '../../src/loading/begin.ts'
import { loadBatch } from '../../src/loading/load-batch.ts'
import type { LoadContext } from '../../src/loading/load-files.ts'
import { loadPartition } from '../../src/loading/load-partition.ts'
import { type OpenPipeline, OpenPipelines } from '../../src/loading/open-pipelines.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import type { Outcome } from '../../src/warehouse/publication.ts'
import type { Warehouse } from '../../src/warehouse/warehouse.ts'
import { prices } from '../harness/prices.ts'
import { Workspace } from '../harness/workspace.ts'

const SOURCE = localFolder('source', { files: '{partition}/*.csv', settle: '0s' })

/** A pipeline over a folder that is full already, and what its loads do. */
class Folder implements AsyncDisposable {
  readonly workspace: Workspace
  readonly warehouse: Warehouse
  readonly open: OpenPipeline
  /** The paths of each step of a batch. */
  readonly steps: string[][] = []
  readonly #signal = new AbortController().signal

  private constructor(workspace: Workspace) {
    this.workspace = workspace
    this.warehouse = openWarehouse(workspace.config, () => undefined)
    this.open = new OpenPipelines(workspace.config).get(workspace.pipeline)
  }

  static async create(partitions: PipelineInput['partitions']): Promise<Folder> {
    return new Folder(await Workspace.create({ source: SOURCE, partitions }))
  }

  get #run() {
    return { workflowId: 'w', runId: randomUUID() }
  }

  context(more: Partial<LoadContext> = {}): LoadContext {
    const report = (outcomes: readonly Outcome[]) => this.steps.push(outcomes.map(({ listed }) => listed.path))
    return { warehouse: this.warehouse, stagingFolder: join(this.workspace.folder, 'staging'), report, ...more }
  }

  async drop(path: string, modifiedAt?: string): Promise<void> {
    await this.workspace.drop(path, prices(1))
    if (modifiedAt !== undefined) await utimes(this.workspace.path(path), new Date(modifiedAt), new Date(modifiedAt))
  }

  begin(open = this.open, signal = this.#signal): Promise<void> {
    return begin(this.context(), { open, run: this.#run, signal })
  }

  pass(more: Partial<LoadContext> = {}) {
    const isOpen = () => Promise.resolve(false)
    const request = {
      open: this.open,
      run: this.#run,
      alsoPostponed: true,
      isOpen,
      progress: () => undefined,
      signal: this.#signal,
    }
    return loadBatch(this.context(more), request)
  }

  import(key: string, alsoIgnored: boolean) {
    const request = { open: this.open, key, hints: [], run: this.#run, lastTry: true, alsoIgnored, signal: this.#signal }
    return loadPartition(this.context(), request)
  }

  async ledger(): Promise<string[]> {
    const entries = await this.warehouse.files(this.workspace.pipeline, { versions: true })
    return entries.map(({ path, sequence, status }) => `${path}#${sequence} ${status}`)
  }

  hasBegun(): Promise<boolean> {
    return this.warehouse.hasBegun(this.workspace.pipeline)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.warehouse[Symbol.asyncDispose]()
    await this.workspace[Symbol.asyncDispose]()
  }
}

test('a batch that comes before the first sweep makes it, leaves out what was modified before the day, and loads the rest', async () => {
  await using folder = await Folder.create(dynamic({ initial: { since: '2024-01-31' } }))
  await folder.drop('a/before.csv', '2024-01-30T23:59:59.999Z')
  await folder.drop('a/on-the-day.csv', '2024-01-31T00:00:00Z')
  await folder.drop('b/long-before.csv', '1999-01-01T00:00:00Z')
  expect(await folder.pass()).toMatchObject({ loaded: 1, held: 0, left: 0 })
  await folder.drop('c/copied-later.csv', '1999-01-01T00:00:00Z')
  expect(await folder.pass()).toMatchObject({ loaded: 1 })
  expect(await folder.ledger()).toEqual([
    'a/before.csv#1 ignored',
    'a/on-the-day.csv#1 loaded',
    'b/long-before.csv#1 ignored',
    'c/copied-later.csv#1 loaded',
  ])
  const [entry] = await folder.warehouse.files(folder.workspace.pipeline, { path: 'a/before.csv' })
  expect(entry?.error).toBe('it was there at the first sweep, last modified before 2024-01-31T00:00:00.000Z (initial)')
  expect(await readdir(join(folder.workspace.folder, 'staging'))).toEqual([])
})

test('with `none` nothing of a full folder is loaded; of an empty one all that comes later is', async () => {
  await using full = await Folder.create(dynamic({ initial: 'none' }))
  await full.drop('a/1.csv')
  expect(await full.pass()).toMatchObject({ loaded: 0, held: 0, left: 0 })
  await full.drop('a/2.csv')
  expect(await full.pass()).toMatchObject({ loaded: 1 })
  expect(await full.ledger()).toEqual(['a/1.csv#1 ignored', 'a/2.csv#1 loaded'])

  await using empty = await Folder.create(dynamic({ initial: 'none' }))
  await empty.begin()
  await empty.drop('a/1.csv')
  expect(await empty.pass()).toMatchObject({ loaded: 1 })
})

test('an import for a sensor, too, makes the first sweep, and finds nothing to do; that of a person loads what it names', async () => {
  await using folder = await Folder.create(dynamic({ initial: 'none' }))
  for (const path of ['a/1.csv', 'a/2.csv', 'b/1.csv']) await folder.drop(path)
  const reason = "a/1.csv is ignored: it was there at the first sweep (initial: 'none')"
  expect(await folder.import('a', false)).toMatchObject({ state: 'nothing', files: 2, rows: 0, reason })
  expect(await folder.ledger()).toEqual(['a/1.csv#1 ignored', 'a/2.csv#1 ignored', 'b/1.csv#1 ignored'])
  expect(await folder.import('a', true)).toMatchObject({ state: 'loaded', files: 2, rows: 2 })
  expect(await folder.ledger()).toEqual(['a/1.csv#1 loaded', 'a/2.csv#1 loaded', 'b/1.csv#1 ignored'])
  await folder.drop('b/2.csv')
  expect(await folder.import('b', false)).toMatchObject({ state: 'loaded', files: 2, rows: 1 })
  expect(await folder.ledger()).toEqual(['a/1.csv#1 loaded', 'a/2.csv#1 loaded', 'b/1.csv#1 ignored', 'b/2.csv#1 loaded'])
})

test('what a person has loaded before the first sweep is loaded, and the rest is left out as ever', async () => {
  await using folder = await Folder.create(dynamic({ initial: 'none' }))
  await folder.drop('a/1.csv')
  await folder.drop('b/1.csv')
  expect(await folder.import('a', true)).toMatchObject({ state: 'loaded', rows: 1 })
  expect(await folder.hasBegun()).toBe(false)
  expect(await folder.pass()).toMatchObject({ loaded: 0 })
  expect(await folder.ledger()).toEqual(['a/1.csv#1 loaded', 'b/1.csv#1 ignored'])
})

test('a first sweep that is cut short, or whose source fails, leaves no trace and is made again', async () => {
  await using folder = await Folder.create(dynamic({ initial: 'none' }))
  await folder.drop('a/1.csv')
  const { source } = folder.open
  const cut = new AbortController()
  const halting = {
    ...source,
    list: async function* (...args: Parameters<typeof source.list>) {
      yield* source.list(...args)
      cut.abort(new Error('cut short'))
      args[1].throwIfAborted()
    },
  }
  await expect(folder.begin({ ...folder.open, source: halting }, cut.signal)).rejects.toThrow('cut short')
  const at = folder.workspace.path('')
  await rm(at, { recursive: true })
  await expect(folder.pass()).rejects.toMatchObject({ code: 'SourceUnavailable' })
  expect({ begun: await folder.hasBegun(), ledger: await folder.ledger() }).toEqual({ begun: false, ledger: [] })
  expect(await readdir(join(folder.workspace.folder, 'staging'))).toEqual([])
  await folder.drop('b/1.csv')
  await folder.begin()
  expect(await folder.ledger()).toEqual(['b/1.csv#1 ignored'])
})

test('with `all` a first sweep is only a mark: a config that says otherwise later leaves out nothing that is new', async () => {
  await using folder = await Folder.create(dynamic())
  await folder.drop('a/1.csv')
  await folder.begin()
  expect(await folder.ledger()).toEqual([])
  const initial = { since: 'none', order: undefined, atOnce: 500 } as const
  const later = { ...folder.open, pipeline: { ...folder.open.pipeline, initial } }
  const { signal } = new AbortController()
  await ensureBegun(folder.context(), { open: later, run: { workflowId: 'w', runId: 'r' }, signal })
  expect(await folder.ledger()).toEqual([])
})

test('what was left out is read when a person decides so, and never again by itself', async () => {
  await using folder = await Folder.create(dynamic({ initial: 'none' }))
  for (const path of ['a/1.csv', 'a/2.csv']) await folder.drop(path)
  await folder.pass()
  const { pipeline } = folder.workspace
  await folder.warehouse.decide(pipeline, 'a/1.csv', { decision: 'retry', reason: null, by: 'ann' })
  expect(await folder.pass()).toMatchObject({ loaded: 1 })
  expect(await folder.pass()).toMatchObject({ loaded: 0, held: 0, left: 0 })
  expect(await folder.ledger()).toEqual(['a/1.csv#1 loaded', 'a/2.csv#1 ignored'])
})

test.each([
  ['oldest', ['2018-01-01', '2018-01-02', '2018-01-03', '2018-01-04', '2018-01-05']],
  ['newest', ['2018-01-05', '2018-01-04', '2018-01-03', '2018-01-02', '2018-01-01']],
] as const)(
  'days are loaded %s first, two files at once, and after a stop in the middle the rest in that order',
  async (order, days) => {
    await using folder = await Folder.create(daily({ start: '2018-01-01', initial: { order, atOnce: 2 } }))
    for (const day of days) await folder.drop(`${day}/a.csv`)
    const stopped = new Error('the worker is gone')
    const stop: LoadContext['onStep'] = (step) => {
      if (step === 'looked again' && folder.steps.length === 1) throw stopped
    }
    await expect(folder.pass({ onStep: stop })).rejects.toBe(stopped)
    expect(await folder.pass()).toMatchObject({ loaded: 3 })
    const paths = days.map((day) => `${day}/a.csv`)
    expect(folder.steps).toEqual([paths.slice(0, 2), paths.slice(2, 4), paths.slice(4)])
  },
)

test('dropped files are loaded by when they were modified, the newest first', async () => {
  await using folder = await Folder.create(dynamic({ initial: { since: '2020-01-01', order: 'newest', atOnce: 1 } }))
  const years = { 'b/1.csv': 2021, 'd/1.csv': 2019, 'a/1.csv': 2023, 'c/1.csv': 2022 }
  for (const [path, year] of Object.entries(years)) await folder.drop(path, `${year}-06-01T00:00:00Z`)
  expect(await folder.pass()).toMatchObject({ loaded: 3 })
  expect(folder.steps).toEqual([['a/1.csv'], ['c/1.csv'], ['b/1.csv']])
})
