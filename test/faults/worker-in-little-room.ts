/** A program for tests: a worker that lives on when a file may not grow, as on a full disk: `worker-in-little-room.ts CONFIG ADDRESS`. */
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { loadConfig } from '../../src/config/load.ts'
import { startWorker } from '../../worker.ts'

const [, , file = '', address = ''] = process.argv
process.on('SIGXFSZ', () => undefined)
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] })
const worker = await startWorker({
  config: await loadConfig(file),
  server: { address },
  reporter: {
    loaded: ({ files, rows }) => console.log(`loaded ${files} files, ${rows} rows`),
    news: ({ reason }) => console.log(reason),
    duplicates: () => undefined,
    waiting: () => undefined,
  },
})
console.log('running')
await worker.ended
