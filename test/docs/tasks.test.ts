import { readFile } from 'node:fs/promises'
import { test } from '@jest/globals'
import { connect } from '../../src/client/connect.ts'
import { batchId } from '../../src/names.ts'
import { OwnServer } from '../harness/own-server.ts'
import { Reader } from './reader.ts'
import { type Step, taskPage } from './task-page.ts'

/** Each page has a server of its own: they all have the same pipelines. */
async function on(follow: (reader: Reader, address: string) => Promise<void>): Promise<void> {
  await using server = await OwnServer.start()
  await using reader = await Reader.begin({ TEMPORAL_ADDRESS: server.address })
  await follow(reader, server.address)
}

/** What `up` has asked for at its start is done: files that come now are for those who ask for them. */
async function untilQuiet(address: string, pipeline: string): Promise<void> {
  await using connected = await connect({ address })
  await connected.client.workflow.getHandle(batchId(pipeline)).result()
}

/** A day's file of the example, with its first price, or without that row. */
async function day(reader: Reader, price?: number): Promise<string> {
  const [header = '', first = '', ...rest] = (await readFile(reader.path('data/daily/2018-01-22.csv'), 'utf8')).split('\n')
  return [header, ...(price === undefined ? [] : [first.replace(/,[\d.]+,/, `,${price},`)]), ...rest].join('\n')
}

const RUNNING = '…\nwatching; Ctrl-C stops\n'

test('add a pipeline', () =>
  on(async (reader) => {
    await reader.type('npx tidemark up', RUNNING)
    for (const name of ['2017-01-01', '2017-01-02']) await reader.write(`data/trades/${name}.csv`, await day(reader, 1))
    await reader.follow('add-a-pipeline.md')
  }))

test('a check failed', () =>
  on(async (reader) => {
    await reader.type('npx tidemark up', RUNNING)
    await reader.write('data/source/2018-01-24.csv', await day(reader, -1.5))
    await reader.follow('a-check-failed.md')
  }))

test('a file was wrong', () =>
  on(async (reader) => {
    await reader.type('npx tidemark up', `${RUNNING}…\nloaded dropped_prices 2018-01-22: 8 rows from 2018-01-22.csv\n`)
    await reader.write('corrected.csv', await day(reader))
    await reader.follow('a-file-was-wrong.md')
  }))

/** The pipeline of "add a pipeline", with its first two files loaded, and then the others in place: one fails its check, one has not come. */
async function trades(reader: Reader, address: string, { wrong }: { readonly wrong?: string } = {}): Promise<void> {
  for (const step of await taskPage('add-a-pipeline.md')) if (step.does === 'add') await reader.do(step)
  const days = Array.from({ length: 89 }, (_, day) => new Date(Date.UTC(2017, 0, 1 + day)).toISOString().slice(0, 10))
  const put = async (names: readonly string[], from: number) => {
    for (const [at, name] of names.entries())
      await reader.write(`data/trades/${name}.csv`, await day(reader, name === wrong ? -1 : from + at))
  }
  await put(days.slice(0, 2), 1)
  await reader.type('npx tidemark up', `${RUNNING}…\nloaded trades: 16 rows from 2 files\n`)
  await untilQuiet(address, 'trades')
  await put(days.slice(2), 3)
}

test('load history', () =>
  on(async (reader, address) => {
    await trades(reader, address, { wrong: '2017-03-03' })
    await reader.follow('load-history.md')
  }))

test('upgrade a worker', () =>
  on(async (reader, address) => {
    await trades(reader, address)
    await reader.checkout()
    for (const step of (await taskPage('load-history.md')).filter(isDetached)) await reader.do(step)
    await reader.follow('upgrade-a-worker.md')
  }))

function isDetached(step: Step): boolean {
  return step.does === 'type' && step.command.endsWith('--detach')
}
