// hold.mjs FILE MS MODE: opens the DuckDB file as people do, looks whether each file's rows are there as the ledger says, and stays a while.
// Exit code 1: they are not. 2: it could not open the file.
import { setTimeout as delay } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { PIPELINES } from './config.mjs'

const PATIENCE_MS = 60_000
const [file, ms, mode] = process.argv.slice(2)

const PARTLY = `
  SELECT f.pipeline, f.path, f.rows AS expected, count(t.name) AS found
  FROM tidemark.files f LEFT JOIN TABLE t ON t._tidemark_file = f.path
  WHERE f.status = 'loaded' AND f.pipeline = 'TABLE' GROUP BY ALL HAVING found <> expected`
const NOBODYS = `
  SELECT DISTINCT _tidemark_file AS path FROM TABLE
  WHERE _tidemark_file NOT IN (SELECT path FROM tidemark.files WHERE status = 'loaded' AND pipeline = 'TABLE')`

const connection = await (await opened()).connect()
const wrong = []
for (const table of PIPELINES) {
  const known = await connection.runAndReadAll(`SELECT 1 FROM duckdb_tables() WHERE table_name = '${table}'`)
  if (known.currentRowCount === 0) continue
  for (const sql of [PARTLY, NOBODYS]) {
    const reader = await connection.runAndReadAll(sql.replaceAll('TABLE', table))
    wrong.push(...reader.getRowObjectsJson())
  }
}
await delay(Number(ms))
process.stdout.write(JSON.stringify(wrong))
process.exitCode = wrong.length > 0 ? 1 : 0

async function opened() {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await DuckDBInstance.create(file, { access_mode: mode })
    } catch (error) {
      if (performance.now() > end) {
        process.stdout.write(String(error))
        process.exit(2)
      }
      await delay(5)
    }
  }
}
