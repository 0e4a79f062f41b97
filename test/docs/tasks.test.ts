import { appendFile, readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { OwnServer } from '../harness/own-server.ts'
import { Reader } from './reader.ts'
import { taskPage } from './task-page.ts'

/** Each page has a server of its own: they all have the same pipelines. */
async function on(follow: (reader: Reader) => Promise<void>, variables: NodeJS.ProcessEnv = {}): Promise<void> {
  await using server = await OwnServer.start()
  await using reader = await Reader.begin({ TEMPORAL_ADDRESS: server.address, ...variables })
  await follow(reader)
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
