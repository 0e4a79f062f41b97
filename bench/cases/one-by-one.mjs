import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readAlone } from '../alone.mjs'
import { inFolder, withServer, withWorker } from '../ground.mjs'
import { COLUMNS, COLUMNS_TEXT, fileText } from '../small-files.mjs'
import { quantile } from '../statistics.mjs'

const SETTLE_MS = 200
const WARM_UP = 5

export const name = 'one-by-one'
export const sizes = { full: 300, short: 20 }

const configText = `import { above, defineConfig, duckdb, dynamic, localFolder } from 'tidemark'
export default defineConfig({
  warehouse: duckdb('warehouse.duckdb'),
  pipelines: {
    single: {
      source: localFolder('source', { files: '{partition}.csv', settle: '${SETTLE_MS}ms' }),
      partitions: dynamic(),
      table: 'single',
      columns: ${COLUMNS_TEXT},
      checks: [above('share_price', 0)],
      sensor: { every: '30s' },
    },
  },
})
`

/** From the moment that a file is there to the one that its rows are, less the time in which it settles. */
export function measure(files) {
  return inFolder(async (folder) => {
    const source = join(folder, 'source')
    mkdirSync(source)
    const latencies = await withServer(folder, ({ server, client }) =>
      withWorker({ folder, server, client, configText }, async ({ counter }) => {
        const times = []
        for (let number = 1; number <= WARM_UP + files; number++) {
          const beside = join(folder, 'beside.csv')
          writeFileSync(beside, fileText())
          const dropped = performance.now()
          renameSync(beside, join(source, `file-${number}.csv`))
          await counter.reached(number)
          if (number > WARM_UP) times.push(performance.now() - dropped - SETTLE_MS)
        }
        return times
      }),
    )
    const limits = []
    for (let run = 0; run < 5; run++)
      limits.push((await readAlone(join(folder, 'alone.duckdb'), join(source, 'file-1.csv'), COLUMNS)).took)
    const limitIs = 'DuckDB: open, read_csv and insert of one, close'
    const limit = quantile(limits, 0.5)
    return [
      {
        what: `${files} files one by one: settled to visible, median`,
        limitIs,
        ours: quantile(latencies, 0.5),
        limit,
        atMost: 250,
      },
      {
        what: `${files} files one by one: settled to visible, 99th percentile`,
        limitIs,
        ours: quantile(latencies, 0.99),
        limit,
        atMost: 1_000,
      },
    ]
  })
}
