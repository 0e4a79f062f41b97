/** A program for tests: opens a DuckDB file as soon as it can, says so, and lets go and ends at the first byte on its input. */
import { setTimeout as delay } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'

const RETRY_MS = 5

const [, , file = ''] = process.argv
const instance = await opened()
const connection = await instance.connect()
await connection.run('CREATE TABLE IF NOT EXISTS visits (n INTEGER)')
await connection.run('INSERT INTO visits VALUES (1)')
process.stdout.write('held\n')
process.stdin.once('data', () => {
  connection.closeSync()
  instance.closeSync()
  process.exit()
})

async function opened(): Promise<DuckDBInstance> {
  for (;;) {
    try {
      return await DuckDBInstance.create(file)
    } catch (error) {
      if (!String(error).includes('Could not set lock')) throw error
      await delay(RETRY_MS)
    }
  }
}
