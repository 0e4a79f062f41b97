import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { sql } from '../../src/checks/builders.ts'
import { Tidemark } from '../../src/client/index.ts'
import { batchId, partitionId } from '../../src/names.ts'
import { identify, isAlive, type ProcessIdentity } from '../../src/server/process-identity.ts'
import { explained } from '../harness/explained.ts'
import { prices } from '../harness/prices.ts'
import { Program } from '../harness/program.ts'
import { Running } from '../harness/running.ts'
import { testServer } from '../harness/server-address.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { writeConfig } from './config-file.ts'

const WORKER = new URL('worker-that-stops.ts', import.meta.url)
const DIES_OF_IT = fileURLToPath(new URL('../staging/dies-of-it.cjs', import.meta.url))
const TELLS_OPENS = fileURLToPath(new URL('../staging/tells-opens.cjs', import.meta.url))
const FOLDERS = { source: { kind: 'local', folder: 'source', files: '{partition}/*.csv', settle: '200ms' } } as const
/** A worker's death is noticed when its heartbeats have been missing for 10 seconds, and then a try is made after a pause that grows. */
const FIVE_DEATHS_MS = 400_000
/** Long enough that a kill hits it. */
const SLOW = sql('slow', 'SELECT * FROM range(30000) a, range(20000) b WHERE a.range + b.range = -1')

test('a file that kills each process that reads it is held; what lies beside it is loaded', async () => {
  await using workspace = await Workspace.create(FOLDERS)
  const config = await writeConfig(workspace, FOLDERS)
  await workspace.drop('day/before.csv', prices(1))
  await workspace.drop('day/deadly.csv', prices(2))
  await workspace.drop('day/later.csv', prices(3))
  await using tidemark = await Tidemark.connect({ address: testServer(), taskQueue: workspace.pipeline })
  await tidemark.startPartition(workspace.pipeline, 'day')
  const run = tidemark.client.workflow.getHandle(partitionId(workspace.pipeline, 'day'))
  let ended = false
  const held = run.result().then(
    () => undefined,
    (error: unknown) => {
      ended = true
      return error
    },
  )
  let deaths = 0
  while (!ended) {
    await using worker = Program.start(WORKER, [config, testServer(), 'never'], { NODE_OPTIONS: `--require ${DIES_OF_IT}` })
    await Promise.race([held, worker.ended()])
    if (!ended) deaths++
  }
  expect(deaths).toBe(2)
  expect(await held).toMatchObject({
    cause: { type: 'FileHeld', message: 'day/deadly.csv: reading it killed the reading process 3 times (SIGKILL)' },
  })

  await using running = await Running.start(workspace)
  expect(await running.sharePrices()).toEqual({ 'day/before.csv': [1], 'day/later.csv': [3] })
  expect(await running.ledgerLines()).toEqual(['day/before.csv#1 loaded', 'day/deadly.csv#1 held', 'day/later.csv#1 loaded'])
  expect(await explained(running, 'day/deadly.csv')).toContain('reading it killed the reading process 3 times')
  expect(await running.worker.warehouse.claims()).toEqual([])
})

test('a file that kills what reads it costs those of its chunk one more reading, and is held as if it were alone', async () => {
  await using workspace = await Workspace.create()
  const config = await writeConfig(workspace)
  const good = Array.from({ length: 120 }, (_, at) => `${at % 2 === 0 ? 'a' : 'z'}${at}.csv`)
  for (const path of [...good, 'deadly.csv']) await workspace.drop(path, prices(1))
  await using tidemark = await Tidemark.connect({ address: testServer(), taskQueue: workspace.pipeline })
  await tidemark.startAll(workspace.pipeline)
  let ended = false
  const batch = tidemark.client.workflow.getHandle(batchId(workspace.pipeline)).result()
  const result = batch.finally(() => {
    ended = true
  })
  const opens = join(workspace.folder, 'opens')
  const env = { NODE_OPTIONS: `--require ${TELLS_OPENS} --require ${DIES_OF_IT}`, OPENS: opens }
  let deaths = 0
  while (!ended) {
    await using worker = Program.start(WORKER, [config, testServer(), 'never'], env)
    await Promise.race([result, worker.ended()])
    if (!ended) deaths++
  }
  expect(await result).toEqual({ loaded: good.length, held: 1, rows: good.length })
  expect(deaths).toBe(1)
  const opened = new Map<string, number>()
  for (const path of (await readFile(opens, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => basename(line)))
    opened.set(path, (opened.get(path) ?? 0) + 1)
  const most = Math.max(...good.map((path) => opened.get(path) ?? 0))
  expect({ once: good.every((path) => opened.has(path)), most }).toEqual({ once: true, most: 2 })

  await using running = await Running.start(workspace)
  expect(Object.keys(await running.sharePrices()).sort()).toEqual(good.toSorted())
  const [held] = (await running.ledger()).filter(({ status }) => status === 'held')
  expect(held).toMatchObject({
    path: 'deadly.csv',
    sequence: 1,
    error: 'reading it killed the reading process 3 times (SIGKILL)',
  })
  expect(await running.worker.warehouse.claims()).toEqual([])
})

test(
  'five kills of a worker in the middle of a long load hold nothing, and leave no process behind',
  async () => {
    const slow = { checks: [SLOW] }
    await using workspace = await Workspace.create(slow)
    const config = await writeConfig(workspace, slow)
    await workspace.drop('day.csv', prices(1, 2))
    await using tidemark = await Tidemark.connect({ address: testServer(), taskQueue: workspace.pipeline })
    await tidemark.startPartition(workspace.pipeline, 'day')
    const seen = new Set<string>()
    for (let kills = 0; kills < 5; kills++) {
      await using worker = Program.start(WORKER, [config, testServer(), 'never'])
      const claim = await until('a load in the middle of its check', () => newlyStaged(workspace, seen))
      const readers = await childrenOf(worker.pid)
      expect(readers.length > 0).toBe(kills >= 2)
      await worker.kill()
      seen.add(claim)
      for (const reader of readers) await until('the end of the process that read for it', async () => !(await isAlive(reader)))
    }

    await using running = await Running.start(workspace)
    expect(await tidemark.importPartition(workspace.pipeline, 'day')).toMatchObject({ state: 'loaded', rows: 2 })
    expect(await running.ledgerLines()).toEqual(['day.csv#1 loaded'])
    expect(await running.sharePrices()).toEqual({ 'day.csv': [1, 2] })
  },
  FIVE_DEATHS_MS,
)

/** The claim of a load that has written the rows which it now checks. */
async function newlyStaged({ config }: Workspace, seen: ReadonlySet<string>): Promise<string | undefined> {
  const staging = join(config.stateFolder, 'staging')
  const files = await readdir(staging, { recursive: true }).catch(() => [])
  const claims = files.filter((name) => name.endsWith('.parquet')).map((name) => name.split('/')[0] ?? '')
  return claims.find((claim) => !seen.has(claim))
}

async function childrenOf(pid: number): Promise<ProcessIdentity[]> {
  const { stdout } = await promisify(execFile)('ps', ['-e', '-o', 'pid=,ppid=,comm='])
  const lines = stdout.split('\n').map((line) => line.trim().split(/\s+/))
  const children = lines.filter(([, parent, name]) => Number(parent) === pid && name === 'node').map(([child]) => Number(child))
  return (await Promise.all(children.map(identify))).filter((found) => found !== undefined)
}
