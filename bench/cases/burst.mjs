import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { activityBegan } from '../activity-began.mjs'
import { askWarehouse, readAlone } from '../alone.mjs'
import { inFolder, withServer, withWorker } from '../ground.mjs'
import { processorWhile } from '../process-usage.mjs'
import { COLUMNS, COLUMNS_TEXT, makeFiles, ROWS_EACH } from '../small-files.mjs'

const SETTLE_MS = 200

export const name = 'burst'
export const sizes = { full: 10_000, short: 500 }

const configText = `import { above, defineConfig, duckdb, dynamic, localFolder } from 'tidemark'
export default defineConfig({
  warehouse: duckdb('warehouse.duckdb'),
  pipelines: {
    burst: {
      source: localFolder('source', { files: '*/{partition}.csv', settle: '${SETTLE_MS}ms' }),
      partitions: dynamic(),
      table: 'burst',
      columns: ${COLUMNS_TEXT},
      checks: [above('share_price', 0)],
      sensor: { every: '30s' },
    },
  },
})
`

/** From the moment that they are there, less the time in which they settle. */
export function measure(files) {
  return inFolder(async (folder) => {
    const source = join(folder, 'source')
    makeFiles(join(source, 'before'), ['warm-up'])
    const prepared = join(folder, 'prepared')
    makeFiles(
      prepared,
      Array.from({ length: files }, (_, index) => `burst-${index}`),
    )
    const { ours, beforeBatch, firstIn, processor } = await withServer(folder, ({ server, client }) =>
      withWorker({ folder, server, client, configText }, async ({ counter, pid }) => {
        await counter.reached(1)
        const begun = Date.now() + SETTLE_MS
        const began = performance.now() + SETTLE_MS
        const { result, processor } = await processorWhile([pid, server.pid], async () => {
          renameSync(prepared, join(source, 'burst'))
          await counter.reached(2)
          const firstIn = performance.now() - began
          await counter.reached(1 + files)
          return { ours: performance.now() - began, firstIn }
        })
        return { ...result, processor, beforeBatch: (await activityBegan(client, 'burst/batch')) - begun }
      }),
    )
    const counted = await askWarehouse(
      join(folder, 'warehouse.duckdb'),
      "SELECT (SELECT count(*) FROM burst), (SELECT count(*) FROM tidemark.files WHERE status = 'loaded')",
    )
    if (String(counted) !== String([(files + 1) * ROWS_EACH, files + 1])) throw new Error(`rows and entries are ${counted}`)
    const { took: limit, processor: limitsProcessor } = await readAlone(
      join(folder, 'alone.duckdb'),
      join(source, 'burst', '*.csv'),
      COLUMNS,
    )
    const limitIs = 'DuckDB: one read_csv of all, and the insert'
    const why = {
      'ms from settling until its batch begins': beforeBatch,
      'ms until its first chunk is in': firstIn,
      's of a processor in the worker': processor[0],
      's in the server': processor[1],
      's in the limit': limitsProcessor,
    }
    return [{ what: `${files} small files at once: all in table and ledger`, limitIs, budget: 1.5, ours, limit, why }]
  })
}
