/** A program for tests: a person who reads the DuckDB file with a program of their own, until it is killed. */
import { setTimeout as delay } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'

const [, , file = ''] = process.argv

async function open(): Promise<DuckDBInstance> {
  for (;;) {
    try {
      return await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' })
    } catch (error) {
      if (!String(error).includes('lock')) throw error
      await delay(20)
    }
  }
}

const connection = await (await open()).connect()
const rows = await connection.runAndReadAll('SELECT count(*) FROM prices')
console.log(`read ${rows.getRowsJson()[0]?.[0]} rows`)
// What nobody refers to any more is closed.
setInterval(() => connection, 60_000)
