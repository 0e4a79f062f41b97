// How soon a dropped file is in its table after it has settled, and how fast a burst is loaded; each beside DuckDB alone.
// npm run bench [-- --short]. Prints a table, and writes JSON to .bench/dropped.json.
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { connect } from '../dist/src/client/connect.js'
import { parseConfig } from '../dist/src/config/parse.js'
import { above, defineConfig, duckdb, dynamic, localFolder } from '../dist/src/index.js'
import { apply } from '../dist/src/schedules/apply.js'
import { registerSearchAttributes } from '../dist/src/schedules/search-attributes.js'
import { startServer } from '../dist/src/server/server.js'
import { startWorker } from '../dist/worker.js'
import { freePort } from './free-port.mjs'

const short = process.argv.includes('--short')
const ONE_BY_ONE = short ? 20 : 300
const BURST = short ? 500 : 10_000
const SETTLE_MS = 200
const LOST_AFTER_MS = short ? 60_000 : 900_000
const COLUMNS = { date: 'DATE', share_price: 'DOUBLE', amount: 'BIGINT' }
/** No two are alike: copies are a case of their own. */
const fileText = (number) =>
  `date,share_price,amount\n${Array.from({ length: 8 }, (_, row) => `2018-01-0${row + 1},${row + 1}.25,${33597290 + number}`).join('\n')}\n`
let dropped = 0

const folder = await mkdtemp(join(tmpdir(), 'tidemark-bench-'))
const server = await startServer({ stateFolder: folder, namespace: 'default', port: await freePort(), uiPort: await freePort() })
try {
  const results = await measure()
  print(results)
  await mkdir('.bench', { recursive: true })
  await writeFile('.bench/dropped.json', `${JSON.stringify({ short, node: process.version, results }, null, 2)}\n`)
} finally {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}

async function measure() {
  const config = parseConfig(
    defineConfig({
      warehouse: duckdb('warehouse.duckdb'),
      pipelines: {
        bench: {
          source: localFolder('source', { files: '{partition}.csv', settle: `${SETTLE_MS}ms` }),
          partitions: dynamic(),
          table: 'bench',
          columns: COLUMNS,
          checks: [above('share_price', 0)],
          sensor: { every: '30s' },
        },
      },
    }),
    join(folder, 'tidemark.config.ts'),
  )
  await mkdir(join(folder, 'source'))
  const counter = loadedCounter()
  const { client } = await connect({ address: server.address })
  await registerSearchAttributes(client, 'default')
  const worker = await startWorker({ config, server: { address: server.address }, reporter: counter })
  try {
    await apply({ client, config, identity: await worker.warehouse.identity() })
    return await measureWith(counter)
  } finally {
    await worker[Symbol.asyncDispose]()
    await client.connection.close()
  }
}

async function measureWith(counter) {
  await drop('warm-up')
  await counter.reached(1)

  const latencies = []
  for (let file = 1; file <= ONE_BY_ONE; file++) {
    const dropped = performance.now()
    await drop(`one-${file}`)
    await counter.reached(1 + file)
    latencies.push(performance.now() - dropped - SETTLE_MS)
  }
  const alone = await aloneLatency()

  const began = performance.now()
  for (let file = 1; file <= BURST; file++) await drop(`burst-${file}`)
  await counter.reached(1 + ONE_BY_ONE + BURST)
  const burst = performance.now() - began - SETTLE_MS
  return [
    { what: `${ONE_BY_ONE} files one by one: settled to visible, median`, ours: median(latencies), limit: alone },
    {
      what: `${ONE_BY_ONE} files one by one: settled to visible, 99th percentile`,
      ours: quantile(latencies, 0.99),
      limit: alone,
    },
    { what: `${BURST} files at once: all visible`, ours: burst, limit: await aloneBurst() },
  ]
}

async function drop(name) {
  const beside = join(folder, name)
  await writeFile(beside, fileText(dropped++))
  await rename(beside, join(folder, 'source', `${name}.csv`))
}

/** The limit of one file: the database is opened, one file inserted, the database closed. */
async function aloneLatency() {
  const path = join(folder, 'source', 'warm-up.csv')
  const times = []
  for (let run = 0; run < 5; run++) {
    const began = performance.now()
    await insert(join(folder, 'alone.duckdb'), path)
    times.push(performance.now() - began)
  }
  return median(times)
}

/** The limit of a burst: one read of all of them. */
async function aloneBurst() {
  const began = performance.now()
  await insert(join(folder, 'alone-burst.duckdb'), join(folder, 'source', 'burst-*.csv'))
  return performance.now() - began
}

async function insert(database, glob) {
  const instance = await DuckDBInstance.create(database)
  const connection = await instance.connect()
  const columns = Object.entries(COLUMNS).map(([name, type]) => `'${name}': '${type}'`)
  await connection.run(
    `CREATE TABLE IF NOT EXISTS bench (${Object.entries(COLUMNS)
      .flat()
      .join(' ')
      .replaceAll(/(DATE|DOUBLE) /g, '$1, ')})`,
  )
  await connection.run(
    `INSERT INTO bench SELECT * FROM read_csv('${glob}', columns = {${columns}}, header = true, auto_detect = false)`,
  )
  connection.closeSync()
  instance.closeSync()
}

function loadedCounter() {
  let files = 0
  let wake = () => {}
  return {
    loaded: ({ files: more }) => {
      files += more
      wake()
    },
    news: ({ what, reason }) => {
      throw new Error(`${what}: ${reason}`)
    },
    duplicates: () => {},
    waiting: () => {},
    reached: async (expected) => {
      const lost = AbortSignal.timeout(LOST_AFTER_MS)
      while (files < expected) {
        lost.throwIfAborted()
        await Promise.race([new Promise((resolve) => (wake = resolve)), delay(1_000)])
      }
    },
  }
}

function print(results) {
  const ms = (value) => `${value.toFixed(0)} ms`.padStart(9)
  for (const { what, ours, limit } of results)
    console.log(`${what.padEnd(62)} ours ${ms(ours)}  DuckDB alone ${ms(limit)}  ratio ${(ours / limit).toFixed(1)}`)
}

function median(values) {
  return quantile(values, 0.5)
}

function quantile(values, share) {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]
}
