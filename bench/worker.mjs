// A worker in a process of its own, as people run one, that tells its parent what it has loaded, and what it uses when asked.
import '../dist/src/cli/small-heap.js'
import { installRuntime } from '../dist/src/cli/runtime.js'
import { loadConfig } from '../dist/src/config/load.js'
import { startWorker } from '../dist/worker.js'

const [file, address] = process.argv.slice(2)
const config = await loadConfig(file)
installRuntime(config.stateFolder)
const worker = await startWorker({
  config,
  server: { address },
  reporter: {
    loaded: ({ pipeline, files, rows }) => process.send({ kind: 'loaded', pipeline, files, rows }),
    news: ({ what, reason }) => process.send({ kind: 'news', what, reason }),
    duplicates: () => {},
    waiting: () => {},
  },
})
process.once('disconnect', () => process.exit()) // also when the bench was killed
process.on('message', async (message) => {
  if (message !== 'end') return
  await worker[Symbol.asyncDispose]()
  process.disconnect()
})
process.send({ kind: 'started', identity: await worker.warehouse.identity() })
