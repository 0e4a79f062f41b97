import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inFolder, withServer, withWorker } from '../ground.mjs'
import { memoryOf, processorSecondsOf, programMemoryOf } from '../process-usage.mjs'
import { COLUMNS_TEXT, makeFiles } from '../small-files.mjs'

const FILES = 100
/** Until what starting has left to do is done. */
const REST_MS = 15_000

export const name = 'idle'
/** Minutes. */
export const sizes = { full: 60, short: 0.2 }

const configText = `import { defineConfig, duckdb, dynamic, localFolder } from 'tidemark'
export default defineConfig({
  warehouse: duckdb('warehouse.duckdb'),
  pipelines: {
    idle: {
      source: localFolder('source', { files: '{partition}.csv', settle: '200ms' }),
      partitions: dynamic(),
      table: 'idle',
      columns: ${COLUMNS_TEXT},
      sensor: { every: '1s' },
    },
  },
})
`

/** A worker with one sensor that looks each second, and nothing comes. */
export function measure(minutes) {
  return inFolder(async (folder) => {
    mkdirSync(join(folder, 'source'))
    makeFiles(
      join(folder, 'source'),
      Array.from({ length: FILES }, (_, index) => `file-${index}`),
    )
    return await withServer(folder, ({ server, client }) =>
      withWorker({ folder, server, client, configText }, async ({ counter, pid }) => {
        await counter.reached(FILES)
        await delay(Math.min(REST_MS, minutes * 60_000))
        const before = await eventsOf(client)
        const pids = [pid, server.pid]
        const used = pids.map(processorSecondsOf)
        await delay(minutes * 60_000)
        const [worker, embedded] = pids.map((one, at) => ((processorSecondsOf(one) - used[at]) / (minutes * 60)) * 100)
        const events = (await eventsOf(client)) - before
        const memory = pids.map((one) => memoryOf(one) / 1e6)
        const [workers, servers] = pids.map((one) => programMemoryOf(one) / 1e6)
        return [
          {
            what: `history events of an idle sensor in ${minutes} minutes`,
            unit: '',
            ours: events,
            atMost: minutes >= 60 ? 40 : undefined,
          },
          { what: 'the processor that its worker takes meanwhile', unit: '% of a core', ours: worker, atMost: 1 },
          { what: 'the processor that the embedded server takes meanwhile', unit: '% of a core', ours: embedded },
          { what: 'memory of the idle worker', unit: 'MB', ours: memory[0], atMost: 200 },
          {
            what: 'memory of worker and embedded server',
            unit: 'MB',
            ours: memory[0] + memory[1],
            atMost: 350,
            why: {
              "MB of the worker's are pages of programs, which the system can drop": workers,
              "MB of the server's": servers,
            },
          },
        ]
      }),
    )
  })
}

/** Its run lasts for a day when nothing happens. */
async function eventsOf(client) {
  return (await client.workflow.getHandle('idle/sensor').describe()).historyLength
}
