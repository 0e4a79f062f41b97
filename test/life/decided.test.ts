import { rename, rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { audit } from '../../src/auditing/audit.ts'
import { localFolder } from '../../src/config/define.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import type { Decision } from '../../src/warehouse/decision.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'
import { expectLived, type Life, type LifeFolder, type Lived, live } from './lives.ts'

async function decide({ key, running }: LifeFolder, decision: Decision): Promise<void> {
  const { warehouse } = running.worker
  const path = `${key}/a.csv`
  const [newest] = await warehouse.files(running.pipeline, { path })
  const fingerprint = newest?.fingerprint ?? ''
  await warehouse.decide(running.pipeline, path, { decision, reason: 'seen', by: 'anna', fingerprint })
}

async function loaded(folder: LifeFolder, content: string): Promise<void> {
  await folder.drop('a.csv', content)
  await folder.load()
}

const LIVES: Readonly<Record<string, Life>> = {
  removed: {
    happens: async (folder) => {
      await loaded(folder, prices(1))
      await decide(folder, 'remove')
      await folder.load()
      await folder.load()
    },
    table: {},
    ledger: ['a.csv#1 removed'],
    says: {
      'a.csv': [
        'version 1: removed, 1 row',
        'decision: remove, by anna: seen',
        'decision: remove: carried out',
        'now: nothing: its rows were taken out; a newer version is loaded when it comes, and `tidemark retry removed/a.csv` loads',
      ],
    },
  },
  'removed, then retried': {
    happens: async (folder) => {
      await loaded(folder, prices(2))
      for (const decision of ['remove', 'retry'] as const) {
        await decide(folder, decision)
        await folder.load()
      }
    },
    table: { 'a.csv': [2] },
    ledger: ['a.csv#1 loaded'],
    says: { 'a.csv': ['version 1: loaded, 1 row', 'decision: retry, by anna', 'carried out', 'now: nothing: it is up to date'] },
  },
  'removed after it was renamed': {
    happens: async (folder) => {
      await loaded(folder, prices(3))
      await rename(folder.path('a.csv'), folder.path('b.csv'))
      await folder.load()
      await decide(folder, 'remove')
      await folder.load()
    },
    table: { 'b.csv': [3] },
    ledger: ['a.csv#1 removed', 'b.csv#1 loaded'],
    says: {
      'a.csv': [
        'decision: remove: carried out',
        'now: nothing: it is gone from the source, and none of its rows are in the table',
      ],
      'b.csv': ['now: nothing: it is up to date'],
    },
  },
  'removed under a held version': {
    happens: async (folder) => {
      await loaded(folder, prices(4))
      await loaded(folder, prices(0))
      await decide(folder, 'remove')
      await folder.load()
    },
    table: {},
    ledger: ['a.csv#1 removed', 'a.csv#2 held'],
    says: {
      'a.csv': ['version 1: removed', 'version 2: held', 'decision: remove: carried out', 'now: nothing: this version is held'],
    },
  },
  released: {
    happens: async (folder) => {
      await loaded(folder, prices(0))
      await decide(folder, 'release')
      await folder.load()
    },
    table: { 'a.csv': [0] },
    ledger: ['a.csv#1 loaded'],
    says: {
      'a.csv': [
        'check: above(share_price, 0): 1 row failed',
        'version 1: loaded, 1 row',
        'decision: release, by anna: seen',
        'decision: release: carried out',
        'now: nothing: it is up to date',
      ],
    },
  },
  'decided, and not yet carried out': {
    happens: async (folder) => {
      await loaded(folder, prices(0))
      await decide(folder, 'release')
    },
    table: {},
    ledger: ['a.csv#1 held'],
    says: {
      'a.csv': ['decision: release, by anna: seen', 'now: it is loaded in spite of what holds it, as anna decided (seen)'],
    },
  },
  'decided, then changed': {
    happens: async (folder) => {
      await loaded(folder, prices(0))
      await decide(folder, 'release')
      await loaded(folder, prices(0, 0))
    },
    table: {},
    ledger: ['a.csv#1 held', 'a.csv#2 held'],
    says: {
      'a.csv': ['version 1: held', 'decision: release, by anna: seen', 'version 2: held', 'now: nothing: this version is held'],
    },
  },
  'removed and gone': {
    happens: async (folder) => {
      await loaded(folder, prices(5))
      await rm(folder.path('a.csv'))
      await decide(folder, 'remove')
      await folder.load()
    },
    table: {},
    ledger: ['a.csv#1 removed'],
    says: { 'a.csv': ['now: nothing: it is gone from the source, and none of its rows are in the table'] },
  },
}

let workspace: Workspace
let running: Running
let lived: ReadonlyMap<string, Lived>

beforeAll(async () => {
  workspace = await Workspace.create({ source: localFolder('source', { files: '{partition}/*.csv', settle: '200ms' }) })
  running = await Running.start(workspace)
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
