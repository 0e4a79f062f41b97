// A folder of daily files, and a worker that has loaded none of them.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startBackfill } from '../dist/src/client/backfill.js'
import { activityBegan } from './activity-began.mjs'
import { inFolder, withServer, withWorker } from './ground.mjs'
import { processorWhile } from './process-usage.mjs'
import { COLUMNS_TEXT, makeFiles } from './small-files.mjs'

const DAY_MS = 86_400_000
const FIRST_DAY = Date.parse('2016-01-01')
const dayOf = (number) => new Date(FIRST_DAY + number * DAY_MS).toISOString().slice(0, 10)

const configText = `import { above, daily, defineConfig, duckdb, localFolder } from 'tidemark'
export default defineConfig({
  warehouse: duckdb('warehouse.duckdb'),
  pipelines: {
    days: {
      source: localFolder('source', { files: '{partition}.csv', settle: '0s' }),
      partitions: daily({ start: '${dayOf(0)}' }),
      table: 'days',
      columns: ${COLUMNS_TEXT},
      checks: [above('share_price', 0)],
      schedule: { cron: '0 6 * * *' },
    },
  },
})
`

/**
 * Runs `work` on so many days, with `backfill(how)`, which loads them all and gives the milliseconds, those before its first activity, and
 * seconds of a processor in worker and server.
 * @returns what `work` gives
 */
export function withDays(days, work) {
  return inFolder(async (folder) => {
    const source = join(folder, 'source')
    mkdirSync(source)
    makeFiles(
      source,
      Array.from({ length: days }, (_, number) => dayOf(number)),
    )
    const range = { pipeline: 'days', from: dayOf(0), to: dayOf(days - 1) }
    return await withServer(folder, ({ server, client }) =>
      withWorker({ folder, server, client, configText, isApplied: false }, ({ config, pid }) => {
        const { taskQueue } = config.temporal
        const backfill = async (how) => {
          const begun = Date.now()
          const began = performance.now()
          const { result, processor } = await processorWhile([pid, server.pid], async () => {
            const handle = await startBackfill(client, { ...range, ...how, taskQueue })
            const { loaded } = await handle.result()
            if (loaded !== days) throw new Error(`only ${loaded} of ${days} days were loaded`)
            return { took: performance.now() - began, id: handle.workflowId }
          })
          return { took: result.took, beforeLoad: (await activityBegan(client, result.id)) - begun, processor }
        }
        return work({ backfill, server, client, folder, files: join(source, '*.csv') })
      }),
    )
  })
}
