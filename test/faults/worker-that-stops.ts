/**
 * A program for tests: a worker whose first load stops at a step, says so, and goes on when its input says so:
 * `worker-that-stops.ts CONFIG ADDRESS STEP`.
 */
import { once } from 'node:events'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { loadConfig } from '../../src/config/load.ts'
import { startWorker } from '../../worker.ts'

const [, , file = '', address = '', stopAt = ''] = process.argv
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] })
let stopped = false
const worker = await startWorker({
  config: await loadConfig(file),
  server: { address },
  reporter: {
    loaded: ({ files }) => console.log(`loaded ${files}`),
    news: ({ reason }) => console.log(reason),
    duplicates: () => undefined,
    waiting: () => undefined,
  },
  onStep: async (step) => {
    if (stopped || step !== stopAt) return
    stopped = true
    console.log(`stopped at ${step}`)
    await once(process.stdin, 'data')
    console.log('going on')
  },
})
console.log('running')
await worker.ended
