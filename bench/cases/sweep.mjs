import { fork } from 'node:child_process'
import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { loadConfig } from '../../dist/src/config/load.js'
import { openWarehouse } from '../../dist/src/warehouse/open-warehouse.js'
import { inFolder } from '../ground.mjs'
import { COLUMNS_TEXT, makeFiles } from '../small-files.mjs'

const SWEEPER = fileURLToPath(new URL('../sweeper.mjs', import.meta.url))
const NEW = 10
const SWEEPS = 5

export const name = 'sweep'
export const sizes = { full: 1_000_000, short: 20_000 }

const configText = `import { defineConfig, duckdb, dynamic, localFolder } from 'tidemark'
export default defineConfig({
  warehouse: duckdb('warehouse.duckdb'),
  pipelines: {
    sweep: {
      source: localFolder('source', { files: '{partition}.csv' }),
      partitions: dynamic(),
      table: 'sweep',
      columns: ${COLUMNS_TEXT},
      sensor: { every: '30s' },
    },
  },
})
`

/** All but ten are in the ledger as they are; they are empty, for no sweep reads them. */
export function measure(files) {
  return inFolder(async (folder) => {
    const source = join(folder, 'source')
    mkdirSync(source)
    for (let index = 0; index < files; index++) closeSync(openSync(join(source, `loaded-${index}.csv`), 'w'))
    await writeLedger(folder, source, files)
    makeFiles(
      source,
      Array.from({ length: NEW }, (_, index) => `new-${index}`),
    )
    const limit = Math.min(...Array.from({ length: 3 }, () => lookAlone(source)))
    const sweeps = await sweepIn(join(folder, 'tidemark.config.ts'))
    for (const { candidates, files: found } of sweeps)
      if (candidates !== NEW || found !== files + NEW) throw new Error(`a sweep found ${candidates} new of ${found} files`)
    const [first, ...others] = sweeps
    const grown = sweeps.at(-1).grownBytes / 1e6
    return [
      {
        what: `a sweep of ${files} known files and ${NEW} new ones`,
        limitIs,
        budget: 1.5,
        ours: others.map(({ ms }) => ms),
        limit,
      },
      { what: 'the first one after a start, which reads the ledger', limitIs, ours: first.ms, limit },
      { what: 'what it makes the worker grow by', unit: 'MB', ours: grown, atMost: 200 },
    ]
  })
}

const limitIs = 'readdir, and lstat of each'

function lookAlone(source) {
  const began = performance.now()
  for (const name of readdirSync(source)) lstatSync(`${source}/${name}`, { bigint: true })
  return performance.now() - began
}

async function writeLedger(folder, source, files) {
  const file = join(folder, 'tidemark.config.ts')
  writeFileSync(file, configText)
  const config = await loadConfig(file)
  const warehouse = openWarehouse(config, () => {})
  await warehouse.identity() // makes it
  await warehouse[Symbol.asyncDispose]()
  const instance = await DuckDBInstance.create(config.warehouse.file)
  const connection = await instance.connect()
  await connection.run('CREATE TEMP TABLE listed (path VARCHAR, fingerprint VARCHAR)')
  const appender = await connection.createAppender('listed', undefined, 'temp')
  for (let index = 0; index < files; index++) {
    const path = `loaded-${index}.csv`
    const { size, mtimeNs, ctimeNs, ino } = lstatSync(`${source}/${path}`, { bigint: true })
    appender.appendVarchar(path)
    appender.appendVarchar(`${size}-${mtimeNs}-${ctimeNs}-${ino}`)
    appender.endRow()
  }
  appender.closeSync()
  await connection.run(`INSERT INTO tidemark.files (pipeline, path, sequence, fingerprint, size, partition_key, status, rows, content_hash, claim,
      workflow_id, run_id, first_seen_at, settled_at, loaded_at)
    SELECT 'sweep', path, 1, fingerprint, 0, path[:-5], 'loaded', 8, sha256(path), uuid()::VARCHAR, 'sweep/batch', uuid()::VARCHAR, now(), now(), now()
    FROM listed`)
  connection.closeSync()
  instance.closeSync()
}

function sweepIn(file) {
  return new Promise((resolve, reject) => {
    const told = []
    const child = fork(SWEEPER, [file, String(SWEEPS)], {
      execArgv: (process.env.BENCH_NODE_ARGS ?? '').split(' ').filter(Boolean),
    })
    child.on('message', (message) => told.push(message))
    child.once('exit', (code) => (code === 0 ? resolve(told) : reject(new Error(`the sweeper ended with ${code}`))))
  })
}
