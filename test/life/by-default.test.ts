import { appendFileSync } from 'node:fs'
import { appendFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { audit } from '../../src/auditing/audit.ts'
import { localFolder } from '../../src/config/define.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import { HEADER, prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'
import { expectLived, type Life, type LifeFolder, type Lived, live } from './lives.ts'

const LOADED = 'now: nothing: it is up to date'
const STAYS = 'now: nothing: it is gone from the source, its rows stay'
const PIECE_MS = 20

/** At the next step of this name in any load; one life has the worker for itself. */
let atStaged: (() => Promise<void>) | undefined

async function changeTo(folder: LifeFolder, change: () => Promise<unknown>, first = 1): Promise<void> {
  await folder.drop('a.csv', prices(first))
  await folder.load()
  await change()
  await folder.load()
}

const ALONE: Readonly<Record<string, Life>> = {
  'replaced while it loads': {
    happens: async (folder) => {
      await folder.drop('a.csv', prices(1))
      atStaged = () => folder.drop('a.csv', prices(2))
      await folder.load()
      expect(await folder.running.ledger()).toEqual([])
      await folder.load()
    },
    table: { 'a.csv': [2] },
    ledger: ['a.csv#1 loaded'],
    says: { 'a.csv': [LOADED] },
  },
}

const LIVES: Readonly<Record<string, Life>> = {
  late: {
    happens: async (folder) => {
      await folder.drop('2018-01-23.csv', prices(2))
      await folder.load()
      await folder.drop('2018-01-22.csv', prices(1))
      await utimes(folder.path('2018-01-22.csv'), new Date('2018-01-22'), new Date('2018-01-22'))
      await folder.load()
    },
    table: { '2018-01-22.csv': [1], '2018-01-23.csv': [2] },
    ledger: ['2018-01-22.csv#1 loaded', '2018-01-23.csv#1 loaded'],
    says: { '2018-01-22.csv': ['version 1: loaded, 1 row', LOADED] },
  },
  changed: {
    happens: (folder) => changeTo(folder, () => writeFile(folder.path('a.csv'), prices(2, 3))),
    table: { 'a.csv': [2, 3] },
    ledger: ['a.csv#1 superseded', 'a.csv#2 loaded'],
    says: { 'a.csv': ['version 1: superseded, 1 row', 'version 2: loaded, 2 rows', LOADED] },
  },
  'replaced by rename': {
    happens: (folder) => changeTo(folder, () => folder.drop('a.csv', prices(2))),
    table: { 'a.csv': [2] },
    ledger: ['a.csv#1 superseded', 'a.csv#2 loaded'],
    says: { 'a.csv': [LOADED] },
  },
  'same size and mtime, other content': {
    happens: (folder) =>
      changeTo(folder, async () => {
        const { atime, mtime } = await stat(folder.path('a.csv'))
        await writeFile(folder.path('a.csv'), prices(2))
        await utimes(folder.path('a.csv'), atime, mtime)
      }),
    table: { 'a.csv': [2] },
    ledger: ['a.csv#1 superseded', 'a.csv#2 loaded'],
    says: { 'a.csv': ['identity: by size, times and inode: ', LOADED] },
  },
  touched: {
    happens: (folder) => changeTo(folder, () => utimes(folder.path('a.csv'), new Date(), new Date())),
    table: { 'a.csv': [1] },
    ledger: ['a.csv#1 superseded', 'a.csv#2 loaded'],
    says: { 'a.csv': ['version 2: loaded, 1 row', LOADED] },
  },
  'mtime in the past': {
    happens: (folder) =>
      changeTo(folder, async () => {
        await writeFile(folder.path('a.csv'), prices(2))
        await utimes(folder.path('a.csv'), new Date(0), new Date(0))
      }),
    table: { 'a.csv': [2] },
    ledger: ['a.csv#1 superseded', 'a.csv#2 loaded'],
    says: { 'a.csv': ['last modified', LOADED] },
  },
  'mtime in the future': {
    happens: (folder) =>
      changeTo(folder, async () => {
        await writeFile(folder.path('a.csv'), prices(2))
        await utimes(folder.path('a.csv'), new Date('2100-01-01'), new Date('2100-01-01'))
      }),
    table: { 'a.csv': [2] },
    ledger: ['a.csv#1 superseded', 'a.csv#2 loaded'],
    says: { 'a.csv': [LOADED] },
  },
  '0 bytes': {
    happens: (folder) => changeTo(folder, () => folder.drop('a.csv', '')),
    table: { 'a.csv': [1] },
    ledger: ['a.csv#1 loaded', 'a.csv#2 held'],
    says: { 'a.csv': ['version 2: held: is empty: 0 bytes', 'now: nothing: this version is held; the rows of version 1 stay'] },
  },
  'header only': {
    happens: (folder) => changeTo(folder, () => folder.drop('a.csv', `${HEADER}\n`)),
    table: {},
    ledger: ['a.csv#1 superseded', 'a.csv#2 loaded'],
    says: { 'a.csv': ['version 2: loaded, 0 rows', LOADED] },
  },
  'half-written for a long time': {
    happens: (folder) => changeTo(folder, () => appendFile(folder.path('a.csv'), prices(0, 7).split('\n')[2] ?? '')),
    table: { 'a.csv': [1, 7] },
    ledger: ['a.csv#1 superseded', 'a.csv#2 loaded'],
    says: {
      'a.csv': ['version 1: superseded, 1 row', 'settled: whole: unchanged for 0.2 s', 'version 2: loaded, 2 rows', LOADED],
    },
  },
  'written in place in pieces': {
    happens: async (folder) => {
      await folder.drop('a.csv', prices(1))
      // Before each look, for a timer that is due earlier comes first: a busy machine makes no pause of it.
      const pieces = setInterval(() => appendFileSync(folder.path('a.csv'), '\n'), PIECE_MS)
      await folder.load()
      clearInterval(pieces)
      await folder.drop('a.csv', prices(2))
      await folder.load()
    },
    table: { 'a.csv': [2] },
    ledger: ['a.csv#1 loaded'],
    says: { 'a.csv': [LOADED] },
  },
  'many files for one partition': {
    happens: async (folder) => {
      for (const [index, file] of ['a.csv', 'b.csv'].entries()) await folder.drop(file, prices(index + 11))
      await folder.load()
      await folder.drop('c.csv', 'no header')
      await folder.drop('d.csv', prices(14))
      await folder.load()
    },
    table: { 'a.csv': [11], 'b.csv': [12], 'd.csv': [14] },
    ledger: ['a.csv#1 loaded', 'b.csv#1 loaded', 'c.csv#1 held', 'd.csv#1 loaded'],
    says: { 'a.csv': [LOADED], 'c.csv': ['version 1: held: ', 'now: nothing: this version is held; a corrected file is loaded'] },
  },
  'one file gone from a partition': {
    happens: async (folder) => {
      await folder.drop('b.csv', prices(21))
      await changeTo(folder, () => rm(folder.path('a.csv')), 20)
    },
    table: { 'a.csv': [20], 'b.csv': [21] },
    ledger: ['a.csv#1 loaded', 'b.csv#1 loaded'],
    says: { 'a.csv': ['source: not there', STAYS], 'b.csv': [LOADED] },
  },
  deleted: {
    happens: (folder) => changeTo(folder, () => rm(folder.path('a.csv')), 41),
    table: { 'a.csv': [41] },
    ledger: ['a.csv#1 loaded'],
    says: { 'a.csv': ['source: not there', STAYS] },
  },
  renamed: {
    happens: async (folder) => {
      await folder.drop('a.csv', prices(31))
      await folder.load()
      await rename(folder.path('a.csv'), folder.path('b.csv'))
      await folder.load()
    },
    table: { 'a.csv': [31], 'b.csv': [31] },
    ledger: ['a.csv#1 loaded', 'b.csv#1 loaded'],
    says: {
      'a.csv': ['the same bytes as renamed/b.csv, which is there; `tidemark remove renamed/a.csv` takes the old rows out', STAYS],
      'b.csv': ['the same bytes as renamed/a.csv, which is gone; `tidemark remove renamed/a.csv` takes its old rows out', LOADED],
    },
  },
}

let workspace: Workspace
let running: Running
let lived: ReadonlyMap<string, Lived>

beforeAll(async () => {
  workspace = await Workspace.create({ source: localFolder('source', { files: '{partition}/*.csv', settle: '200ms' }) })
  running = await Running.start(workspace, {
    onStep: async (step) => {
      if (step !== 'staged') return
      const act = atStaged
      atStaged = undefined
      await act?.()
    },
  })
  lived = new Map([...(await live(running, ALONE)), ...(await live(running, LIVES))])
})
afterAll(async () => {
  await running[Symbol.asyncDispose]()
  await workspace[Symbol.asyncDispose]()
})

test.each(Object.entries({ ...ALONE, ...LIVES }))('%s', (name, life) => expectLived(lived.get(name), life))

test('after all of it `audit` finds the rename, and nothing else', async () => {
  const { findings } = await audit(new OpenPipelines(workspace.config).get(workspace.pipeline), running.worker.warehouse)
  expect(findings).toMatchObject([{ kind: 'duplicated', path: 'renamed/a.csv' }])
})
