import { stat, utimes, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { audit } from '../../src/auditing/audit.ts'
import { localFolder } from '../../src/config/define.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'
import { expectLived, type Life, type LifeFolder, type Lived, live } from './lives.ts'

async function dropMarked(folder: LifeFolder, file: string, content: string): Promise<void> {
  await folder.drop(file, content)
  await folder.drop(`${file}.done`, '')
  await folder.load()
}

const LIVES: Readonly<Record<string, Life>> = {
  'waits for its marker': {
    happens: async (folder) => {
      await folder.drop('a.csv', prices(1))
      await folder.load()
    },
    table: {},
    ledger: [],
    says: { 'a.csv': ['now: new: waits for its marker waits-for-its-marker/a.csv.done; the sensor loads it then'] },
  },
  'its marker is older': {
    happens: async (folder) => {
      await folder.drop('a.csv.done', '')
      await folder.drop('a.csv', prices(2))
      await folder.load()
    },
    table: {},
    ledger: [],
    says: { 'a.csv': ['now: new: its marker its-marker-is-older/a.csv.done is older than the file: write it again; the sensor'] },
  },
  'loaded and moved': {
    happens: (folder) => dropMarked(folder, 'a.csv', prices(3)),
    table: { 'a.csv': [3] },
    ledger: ['a.csv#1 loaded'],
    says: {
      'a.csv': [
        'source: not there',
        'settled: whole: its marker was there',
        'identity: by size and bytes: ',
        'version 1: loaded, 1 row',
        'after load: moved to _loaded/loaded-and-moved/a.csv, by us',
        'now: nothing: it was moved to _loaded/loaded-and-moved/a.csv after its load',
      ],
    },
  },
  'held and touched, by content': {
    happens: async (folder) => {
      await dropMarked(folder, 'a.csv', prices(0))
      await utimes(folder.path('a.csv'), new Date(), new Date())
      await folder.load()
    },
    table: {},
    ledger: ['a.csv#1 held'],
    says: { 'a.csv': ['version 1: held: check above(share_price, 0) failed', 'now: nothing: this version is held'] },
  },
  'other content, same size and mtime': {
    happens: async (folder) => {
      await dropMarked(folder, 'a.csv', prices(0))
      const { atime, mtime } = await stat(folder.path('a.csv'))
      await writeFile(folder.path('a.csv'), prices(7))
      await utimes(folder.path('a.csv'), atime, mtime)
      await folder.drop('a.csv.done', '')
      await folder.load()
    },
    table: { 'a.csv': [7] },
    ledger: ['a.csv#1 held', 'a.csv#2 loaded'],
    says: { 'a.csv': ['version 1: held', 'version 2: loaded, 1 row', 'now: nothing: it was moved to _loaded/'] },
  },
  'same bytes under another path': {
    happens: async (folder) => {
      await dropMarked(folder, 'a.csv', prices(5))
      await dropMarked(folder, 'b.csv', prices(5))
    },
    table: { 'a.csv': [5] },
    ledger: ['a.csv#1 loaded', 'b.csv#1 held'],
    says: {
      'b.csv': [
        'version 1: held: same bytes as same-bytes-under-another-path/a.csv; `tidemark release` loads it all the same',
        'identity: the same bytes as same-bytes-under-another-path/a.csv, which is loaded',
        'now: nothing: this version is held',
        '`tidemark release same-bytes-under-another-path/b.csv --reason TEXT` loads it all the same',
      ],
    },
  },
}

let workspace: Workspace
let running: Running
let lived: ReadonlyMap<string, Lived>

beforeAll(async () => {
  workspace = await Workspace.create({
    source: localFolder('source', { files: '{partition}/*.csv', settle: '200ms', done: '{file}.done', identity: 'content' }),
    onDuplicate: 'hold',
    afterLoad: 'move',
  })
  running = await Running.start(workspace)
  lived = await live(running, LIVES)
})
afterAll(async () => {
  await running[Symbol.asyncDispose]()
  await workspace[Symbol.asyncDispose]()
})

test.each(Object.entries(LIVES))('%s', (name, life) => expectLived(lived.get(name), life))

test('`audit` finds what waits, misses nothing that was moved, and lists what is held', async () => {
  const { findings, held, gone } = await audit(
    new OpenPipelines(workspace.config).get(workspace.pipeline),
    running.worker.warehouse,
  )
  expect(findings.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    'missing its-marker-is-older/a.csv',
    'missing waits-for-its-marker/a.csv',
  ])
  expect(held.map(({ path }) => path)).toEqual(['held-and-touched-by-content/a.csv', 'same-bytes-under-another-path/b.csv'])
  expect(gone).toBe(0)
})
