/** A program for tests: opens the DuckDB file as nobody else's, and keeps it until it is killed. */
import { setTimeout as delay } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'

const [, , file = ''] = process.argv
/** A process that waits for ever would keep the test run from its end. */
const GIVE_UP_MS = 20_000

async function open(): Promise<DuckDBInstance> {
  for (const end = performance.now() + GIVE_UP_MS; ; ) {
    try {
      return await DuckDBInstance.create(file)
    } catch (error) {
      if (!String(error).includes('lock') || performance.now() > end) throw error
      await delay(20)
    }
  }
}

const instance = await open()
const connection = await instance.connect()
const files = await connection.runAndReadAll('SELECT count(*) FROM tidemark.files')
console.log(`${files.getRowsJson()[0]?.[0]} file`)
// What nobody refers to any more is closed.
setInterval(() => instance.toString() + connection.toString(), 60_000)
