/**
 * A program for tests: a worker whose first load, or whose first few, stop at a step, say so, and go on when its input says so:
 * `worker-that-stops.ts CONFIG ADDRESS STEP [LOADS]`. The step `committing` is inside the publishing transaction.
 */
import { once } from 'node:events'
import { DuckDBConnection } from '@duckdb/node-api'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { loadConfig } from '../../src/config/load.ts'
import type { LoadContext } from '../../src/loading/load-files.ts'
import { startWorker } from '../../worker.ts'

const [, , file = '', address = '', stopAt = '', loads = '1'] = process.argv
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] })
let stops = 0
const stop: LoadContext['onStep'] = async (step) => {
  if (stops >= Number(loads) || step !== stopAt) return
  console.log(`stopped at ${step} (${++stops})`)
  await once(process.stdin, 'data')
  console.log('going on')
}
if (stopAt === 'committing') stopInTransaction()
const worker = await startWorker({
  config: await loadConfig(file),
  server: { address },
  reporter: {
    loaded: ({ files }) => console.log(`loaded ${files}`),
    news: ({ reason }) => console.log(reason),
    duplicates: () => undefined,
    waiting: () => undefined,
  },
  onStep: stop,
})
console.log('running')
await worker.ended

/** With rows and ledger written, before the commit. */
function stopInTransaction(): void {
  const { run, createAppender } = DuckDBConnection.prototype
  let written = false
  DuckDBConnection.prototype.createAppender = function (table, ...rest) {
    if (table === 'files') written = true
    return createAppender.call(this, table, ...rest)
  }
  DuckDBConnection.prototype.run = async function (sql, ...rest) {
    if (sql === 'COMMIT' && written && stops === 0) {
      console.log(`stopped at committing (${++stops})`)
      await once(process.stdin, 'data')
    }
    return run.call(this, sql, ...rest)
  }
}
