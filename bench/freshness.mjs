// How long `status` takes for 100,000 partitions, all but a few of them loaded: the question to the ledger, the states, the calendar.
// node bench/freshness.mjs [partitions]; after `npm run build`. The best of five, in milliseconds, and of the processor's time beside it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { calendarLines } from '../dist/src/cli/calendar.js'
import { parseConfig } from '../dist/src/config/parse.js'
import { freshnessOf } from '../dist/src/freshness/freshness.js'
import { duckdbWarehouse } from '../dist/src/warehouse/duckdb/duckdb-warehouse.js'

const PARTITIONS = Number(process.argv[2] ?? 100_000)
const TIMES = 5
const START = Date.parse('2015-01-01T00:00Z')
const NOW = new Date(START + (PARTITIONS + 24) * 3_600_000)

const folder = await mkdtemp(join(tmpdir(), 'tidemark-bench-'))
try {
  const file = join(folder, 'warehouse.duckdb')
  await fill(file)
  for (const [what, partitions, triggers] of [
    ['hourly, UTC', { kind: 'hourly', start: '2015-01-01-00' }, { schedule: { cron: '5 * * * *' } }],
    [
      'hourly, Berlin',
      { kind: 'hourly', start: '2015-01-01-00', timezone: 'Europe/Berlin' },
      { schedule: { cron: '5 * * * *' } },
    ],
    ['dynamic', { kind: 'dynamic' }, { sensor: {}, expect: { every: '1d' } }],
  ]) {
    const pipeline = pipelineOf(file, partitions, triggers)
    const best = { ledger: Infinity, states: Infinity, calendar: Infinity, processor: Infinity }
    for (let time = 0; time < TIMES; time++) {
      const warehouse = duckdbWarehouse({ file, readOnly: true })
      const usage = process.cpuUsage()
      const [known, ledger] = await timed(() => warehouse.partitionRecords('p'))
      const [freshness, states] = await timed(() => freshnessOf(pipeline, known, NOW))
      const [, calendar] = await timed(() => calendarLines(freshness, (_, text) => text))
      const { user, system } = process.cpuUsage(usage)
      for (const [name, ms] of Object.entries({ ledger, states, calendar, processor: (user + system) / 1_000 }))
        best[name] = Math.min(best[name], Math.round(ms))
      await warehouse[Symbol.asyncDispose]()
    }
    console.log(`${what}, ${PARTITIONS} partitions: ${JSON.stringify(best)}`)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function timed(work) {
  const from = performance.now()
  const result = await work()
  return [result, performance.now() - from]
}

async function fill(file) {
  const warehouse = duckdbWarehouse({ file })
  await warehouse.hasBegun('p') // makes the ledger
  await warehouse[Symbol.asyncDispose]()
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  await connection.run(
    `INSERT INTO tidemark.files (pipeline, path, sequence, fingerprint, size, partition_key, status, rows, loaded_at)
     SELECT 'p', key || '.csv', 1, 'f', 1, key, 'loaded', 8, now()
     FROM (SELECT strftime(TIMESTAMP '2015-01-01' + to_hours(i::INT), '%Y-%m-%d-%H') AS key FROM range(${PARTITIONS}) r(i))`,
  )
  connection.closeSync()
  instance.closeSync()
}

function pipelineOf(file, partitions, triggers) {
  const source = { kind: 'local', folder: 'source', files: '{partition}.csv' }
  const pipelines = { p: { source, partitions, table: 't', columns: { n: 'DOUBLE' }, ...triggers } }
  return parseConfig({ warehouse: { kind: 'duckdb', file }, pipelines }, join(folder, 'tidemark.config.ts')).pipelines.get('p')
}
