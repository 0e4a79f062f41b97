import { rename, rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { audit } from '../../src/auditing/audit.ts'
import { Surveyor } from '../../src/cli/survey.ts'
import { surveyLines } from '../../src/cli/survey-lines.ts'
import { dynamic, localFolder } from '../../src/config/define.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import { explained } from '../harness/explained.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { expectLived, type Life, type LifeFolder, type Lived, live } from './lives.ts'

const LOADED = 'now: nothing: it is up to date'
const IGNORED = "version 1: ignored: it was there at the first sweep (initial: 'none')"

async function gone({ key, running }: LifeFolder): Promise<void> {
  const path = `${key}/a.csv`
  await rm(running.workspace.path(path))
  await until(`${path} to be gone`, async () => {
    const [newest] = await running.worker.warehouse.files(running.pipeline, { path })
    return newest?.gone_at !== null
  })
}

/** Each has an `a.csv` that was there before the pipeline began. */
const LIVES: Readonly<Record<string, Life>> = {
  stays: {
    happens: () => Promise.resolve(),
    table: {},
    ledger: ['a.csv#1 ignored'],
    says: {
      'a.csv': [
        'partition: stays',
        IGNORED,
        'now: nothing: it was there before the pipeline began, and `initial` leaves such files out; a newer version is loaded when it comes, ' +
          '`tidemark retry stays/a.csv` loads this one, and `tidemark import ',
      ],
    },
  },
  changed: {
    happens: async (folder) => {
      await folder.drop('a.csv', prices(2))
      await folder.until('a.csv', 'loaded')
    },
    table: { 'a.csv': [2] },
    ledger: ['a.csv#1 ignored', 'a.csv#2 loaded'],
    says: { 'a.csv': [IGNORED, 'version 2: loaded, 1 row', LOADED] },
  },
  deleted: {
    happens: gone,
    table: {},
    ledger: ['a.csv#1 ignored'],
    says: {
      'a.csv': [IGNORED, 'gone: not in the source any more', 'now: nothing: it is gone from the source, and none of its rows'],
    },
  },
  back: {
    happens: async (folder) => {
      await gone(folder)
      await folder.drop('a.csv', prices(1))
      await folder.until('a.csv', 'loaded')
    },
    table: { 'a.csv': [1] },
    ledger: ['a.csv#1 ignored', 'a.csv#2 loaded'],
    says: { 'a.csv': [IGNORED, LOADED] },
  },
  renamed: {
    happens: async (folder) => {
      await rename(folder.path('a.csv'), folder.path('b.csv'))
      await folder.until('b.csv', 'loaded')
    },
    table: { 'b.csv': [1] },
    ledger: ['a.csv#1 ignored', 'b.csv#1 loaded'],
    says: { 'b.csv': [LOADED] },
  },
  joined: {
    happens: async (folder) => {
      await folder.drop('b.csv', prices(3))
      await folder.until('b.csv', 'loaded')
    },
    table: { 'b.csv': [3] },
    ledger: ['a.csv#1 ignored', 'b.csv#1 loaded'],
    says: { 'a.csv': [IGNORED] },
  },
  retried: {
    happens: ({ running, key }) =>
      running.tidemark.retryFile(running.pipeline, `${key}/a.csv`, { by: 'ann', reason: 'we want it' }),
    table: { 'a.csv': [1] },
    ledger: ['a.csv#1 loaded'],
    says: {
      'a.csv': ['version 1: loaded, 1 row', 'decision: retry, by ann: we want it', 'decision: retry: carried out', LOADED],
    },
  },
  named: {
    happens: (folder) => folder.load(),
    table: { 'a.csv': [1] },
    ledger: ['a.csv#1 loaded'],
    says: { 'a.csv': ['version 1: loaded, 1 row', LOADED] },
  },
}

let workspace: Workspace
let running: Running
let before: string
let lived: ReadonlyMap<string, Lived>

beforeAll(async () => {
  workspace = await Workspace.create({
    // So that what comes back with the same bytes has the same fingerprint.
    source: localFolder('source', { files: '{partition}/*.csv', settle: '200ms', identity: 'content' }),
    partitions: dynamic({ initial: 'none' }),
    sensor: { every: '1s' },
    onDeleted: 'alert',
  })
  for (const name of Object.keys(LIVES)) await workspace.drop(`${name}/a.csv`, prices(1))
  running = await Running.start(workspace)
  before = await explained(running, 'stays/a.csv')
  await running.apply()
  await until('the first sweep', () => running.worker.warehouse.hasBegun(running.pipeline))
  lived = await live(running, LIVES)
})
afterAll(async () => {
  await running[Symbol.asyncDispose]()
  await workspace[Symbol.asyncDispose]()
})

test.each(Object.entries(LIVES))('%s', (name, life) => expectLived(lived.get(name), life))

test('before the first sweep `explain` says that it will be left out', () => {
  expect(before).toContain(
    'now: nothing: it was there before the pipeline began, and `initial` leaves such files out; the sensor writes that down when it starts',
  )
})

test('after all of it `audit` is clean, `status` counts what is ignored, and nobody was told anything', async () => {
  const { findings, ignored } = await audit(new OpenPipelines(workspace.config).get(workspace.pipeline), running.worker.warehouse)
  expect({ findings, ignored }).toEqual({ findings: [], ignored: 2 })
  const survey = await new Surveyor(workspace.config, running.worker.warehouse).survey(workspace.pipeline)
  expect(surveyLines(survey, false)).toEqual([
    `${workspace.pipeline}: 6 files loaded (6 rows), 0 held, 2 ignored, 0 unsettled, 0 retrying, 0 missing`,
  ])
  expect(running.said.told).toEqual([])
})
