/** A program for tests: a worker of a user without rights: `worker-as-nobody.ts CONFIG ADDRESS`. */
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { loadConfig } from '../../src/config/load.ts'
import { startWorker } from '../../worker.ts'

const NOBODY = 65_534

const [, , file = '', address = ''] = process.argv
const config = await loadConfig(file)
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] })
const worker = await startWorker({
  config,
  server: { address },
  reporter: {
    loaded: ({ files, rows }) => console.log(`loaded ${files} files, ${rows} rows`),
    news: ({ reason }) => console.log(reason),
    duplicates: () => undefined,
    waiting: () => undefined,
  },
})
// Once the code is loaded, since it may lie where nobody else can read.
if (process.getuid?.() === 0) {
  process.setgroups?.([])
  process.setgid?.(NOBODY)
  process.setuid?.(NOBODY)
}
console.log('running')
await worker.ended
