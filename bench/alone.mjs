// DuckDB alone, which trusts what it reads: the limit beside loads.
import { rm } from 'node:fs/promises'
import { DuckDBInstance } from '@duckdb/node-api'

/** One `read_csv` over all of them into a table of a new database: milliseconds, and seconds of a processor. */
export async function readAlone(database, glob, columns) {
  await rm(database, { force: true })
  const began = performance.now()
  const before = process.cpuUsage()
  const instance = await DuckDBInstance.create(database)
  const connection = await instance.connect()
  const declared = Object.entries(columns).map(([name, type]) => `${name} ${type}`)
  const typed = Object.entries(columns).map(([name, type]) => `'${name}': '${type}'`)
  await connection.run(`CREATE TABLE bench (${declared.join(', ')})`)
  await connection.run(
    `INSERT INTO bench SELECT * FROM read_csv('${glob}', columns = {${typed.join(', ')}}, header = true, auto_detect = false)`,
  )
  connection.closeSync()
  instance.closeSync()
  const { user, system } = process.cpuUsage(before)
  return { took: performance.now() - began, processor: (user + system) / 1e6 }
}

/** The first row of a query on a warehouse that nobody holds any more. */
export async function askWarehouse(file, sql) {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson()[0].map(Number)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
