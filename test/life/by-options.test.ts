import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { audit } from '../../src/auditing/audit.ts'
import { localFolder } from '../../src/config/define.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'
import { expectLived, type Life, type LifeFolder, type Lived, live } from './lives.ts'

const LOADED = 'now: nothing: it is up to date'

async function goneAgain(folder: LifeFolder, price: number): Promise<void> {
  await folder.drop('a.csv', prices(price))
  await folder.load()
  await rm(folder.path('a.csv'))
  await folder.until('a.csv', 'removed')
}

const LIVES: Readonly<Record<string, Life>> = {
  deleted: {
    happens: (folder) => goneAgain(folder, 1),
    table: {},
    ledger: ['a.csv#1 removed'],
    says: {
      'a.csv': [
        'version 1: removed, 1 row',
        'gone: not in the source any more',
        'now: nothing: it is gone from the source, and none of its rows are in the table',
      ],
    },
  },
  'deleted and back': {
    happens: async (folder) => {
      await goneAgain(folder, 2)
      await folder.drop('a.csv', prices(2))
      await folder.load()
    },
    table: { 'a.csv': [2] },
    ledger: ['a.csv#1 removed', 'a.csv#2 loaded'],
    says: { 'a.csv': ['version 1: removed', 'version 2: loaded, 1 row', LOADED] },
  },
  'one file gone from a partition': {
    happens: async (folder) => {
      await folder.drop('b.csv', prices(4))
      await goneAgain(folder, 3)
    },
    table: { 'b.csv': [4] },
    ledger: ['a.csv#1 removed', 'b.csv#1 loaded'],
    says: { 'b.csv': [LOADED] },
  },
  'same bytes under another path': {
    happens: async (folder) => {
      await folder.drop('a.csv', prices(5))
      await folder.load()
      await folder.drop('b.csv', prices(5))
      await folder.load()
    },
    table: { 'a.csv': [5] },
    ledger: ['a.csv#1 loaded', 'b.csv#1 duplicate'],
    says: {
      'b.csv': [
        'version 1: duplicate, 0 rows: same bytes as same-bytes-under-another-path/a.csv',
        'identity: the same bytes as same-bytes-under-another-path/a.csv, which is loaded',
        'now: nothing: it has the same bytes as same-bytes-under-another-path/a.csv',
      ],
    },
  },
  'some bad rows': {
    happens: async (folder) => {
      await folder.drop('a.csv', prices(6, 'many'))
      await folder.load()
    },
    table: { 'a.csv': [6] },
    ledger: ['a.csv#1 loaded'],
    says: { 'a.csv': ['version 1: loaded, 1 row without 1 bad row', 'rejected: line 3, column share_price: ', LOADED] },
  },
}

let workspace: Workspace
let running: Running
let lived: ReadonlyMap<string, Lived>

beforeAll(async () => {
  workspace = await Workspace.create({
    source: localFolder('source', { files: '{partition}/*.csv', settle: '200ms' }),
    sensor: { every: '1s' },
    onDeleted: 'remove',
    onDuplicate: 'skip',
    onBadRows: { reject: { rows: 1 } },
  })
  running = await Running.start(workspace)
  await running.apply()
  lived = await live(running, LIVES)
})
afterAll(async () => {
  await running[Symbol.asyncDispose]()
  await workspace[Symbol.asyncDispose]()
})

test.each(Object.entries(LIVES))('%s', (name, life) => expectLived(lived.get(name), life))

test('after all of it `audit` is clean', async () => {
  const { findings } = await audit(new OpenPipelines(workspace.config).get(workspace.pipeline), running.worker.warehouse)
  expect(findings).toEqual([])
})
