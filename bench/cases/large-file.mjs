import { mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { askWarehouse } from '../alone.mjs'
import { inFolder, withServer, withWorker } from '../ground.mjs'
import { peakMemoryOf, processorSecondsOf } from '../process-usage.mjs'

const SETTLE_MS = 200
/** Of the rows below. */
const BYTES_A_ROW = 44.7

export const name = 'large-file'
export const sizes = { full: 1_000, short: 20 }

const COLUMNS = 'date DATE, share_price DOUBLE, amount BIGINT, spend DOUBLE, name VARCHAR'
const TYPED = COLUMNS.replaceAll(/(\w+) (\w+)/g, "'$1': '$2'")
const configText = `import { above, defineConfig, duckdb, dynamic, localFolder } from 'tidemark'
export default defineConfig({
  warehouse: duckdb('warehouse.duckdb'),
  pipelines: {
    large: {
      source: localFolder('source', { files: '{partition}.csv', settle: '${SETTLE_MS}ms' }),
      partitions: dynamic(),
      table: 'large',
      columns: { date: 'DATE', share_price: 'DOUBLE', amount: 'BIGINT', spend: 'DOUBLE', name: 'VARCHAR' },
      checks: [above('share_price', 0)],
      sensor: { every: '30s' },
    },
  },
})
`

export function measure(megabytes) {
  return inFolder(async (folder) => {
    const source = join(folder, 'source')
    const prepared = join(folder, 'prepared.csv')
    const rows = Math.round((megabytes * 1e6) / BYTES_A_ROW)
    await writeRows(prepared, rows)
    const { ours, worked, grown } = await withServer(folder, ({ server, client }) => {
      mkdirSync(source)
      return withWorker({ folder, server, client, configText }, async ({ counter, pid }) => {
        const small = join(folder, 'small.csv')
        await writeRows(small, 1_000)
        renameSync(small, join(source, 'warm-up.csv'))
        await counter.reached(1)
        const before = peakMemoryOf(pid)
        const workedBefore = processorSecondsOf(pid)
        const began = performance.now()
        renameSync(prepared, join(source, 'large.csv'))
        await counter.reached(2)
        const ours = performance.now() - began - SETTLE_MS
        return { ours, worked: processorSecondsOf(pid) - workedBefore, grown: peakMemoryOf(pid) - before }
      })
    })
    const counted = await askWarehouse(join(folder, 'warehouse.duckdb'), 'SELECT count(*) FROM large')
    if (String(counted) !== String(rows + 1_000)) throw new Error(`there are ${counted} rows`)
    const file = join(source, 'large.csv')
    const alone = await copyAlone(join(folder, 'alone.duckdb'), [`COPY large FROM '${file}' (HEADER true, AUTO_DETECT false)`])
    const staged = join(folder, 'staged.parquet')
    // What ours does as well, by DuckDB alone: typed rows are staged with their partition and file, and go from there into the table.
    const steps = await copyAlone(join(folder, 'steps.duckdb'), [
      "ALTER TABLE large ADD COLUMN partition VARCHAR DEFAULT ''",
      "ALTER TABLE large ADD COLUMN file VARCHAR DEFAULT ''",
      `COPY (SELECT *, 'large' AS partition, 'large.csv' AS file FROM read_csv('${file}', columns = {${TYPED}}, header = true, auto_detect = false))
         TO '${staged}' (FORMAT parquet, COMPRESSION lz4)`,
      `INSERT INTO large SELECT * FROM read_parquet('${staged}')`,
    ])
    const size = (statSync(join(source, 'large.csv')).size / 1e6).toFixed(0)
    return [
      { what: `one CSV of ${size} MB`, limitIs: "DuckDB's COPY of the same, trusted", budget: 1.5, ours, limit: alone.took },
      // On a machine that does other things as well this says more.
      {
        what: 'the same, processor time',
        unit: 's',
        limitIs: 'the same',
        ours: worked,
        limit: alone.worked,
        why: { "s for DuckDB alone, if it stages the rows and writes each row's partition and file, as ours does": steps.worked },
      },
      { what: 'what it makes the worker grow by, at its peak', unit: 'MB', ours: grown / 1e6 },
    ]
  })
}

async function writeRows(file, rows) {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(
    `COPY (SELECT DATE '2018-01-01' + (r % 2000)::INTEGER AS date, (r % 100000) * 0.25 + 1 AS share_price, 33597290 + r AS amount,
       (r * 7 % 1000) / 8 AS spend, 'name-' || (r % 5000) AS name FROM range(${rows}) t(r)) TO '${file}' (HEADER true)`,
  )
  connection.closeSync()
  instance.closeSync()
}

async function copyAlone(database, statements) {
  const began = performance.now()
  const before = process.cpuUsage()
  const instance = await DuckDBInstance.create(database)
  const connection = await instance.connect()
  await connection.run(`CREATE TABLE large (${COLUMNS})`)
  for (const statement of statements) await connection.run(statement)
  connection.closeSync()
  instance.closeSync()
  const { user, system } = process.cpuUsage(before)
  return { took: performance.now() - began, worked: (user + system) / 1e6 }
}
