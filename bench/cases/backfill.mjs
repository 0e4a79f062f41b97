import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker'
import { startBackfill } from '../../dist/src/client/backfill.js'
import { readAlone } from '../alone.mjs'
import { inFolder, withServer, withWorker } from '../ground.mjs'
import { COLUMNS, COLUMNS_TEXT, makeFiles } from '../small-files.mjs'

const DAY_MS = 86_400_000
const FIRST_DAY = Date.parse('2016-01-01')
const dayOf = (number) => new Date(FIRST_DAY + number * DAY_MS).toISOString().slice(0, 10)
/** Empty workflows are counted over so many of them, this many at a time. */
const EMPTY = 300
const AT_ONCE = 20

export const name = 'backfill'
export const sizes = { full: 3_650, short: 60 }

const configText = `import { above, daily, defineConfig, duckdb, localFolder } from 'tidemark'
const shared = { columns: ${COLUMNS_TEXT}, checks: [above('share_price', 0)], schedule: { cron: '0 6 * * *' } } as const
const source = localFolder('source', { files: '{partition}.csv', settle: '0s' })
const partitions = daily({ start: '${dayOf(0)}' })
export default defineConfig({
  warehouse: duckdb('warehouse.duckdb'),
  pipelines: {
    together: { ...shared, source, partitions, table: 'together' },
    each: { ...shared, source, partitions, table: 'each' },
  },
})
`

export function measure(days) {
  return inFolder(async (folder) => {
    const source = join(folder, 'source')
    mkdirSync(source)
    makeFiles(
      source,
      Array.from({ length: days }, (_, number) => dayOf(number)),
    )
    const range = { from: dayOf(0), to: dayOf(days - 1) }
    const { together, each, empty } = await withServer(folder, ({ server, client }) =>
      withWorker({ folder, server, client, configText, isApplied: false }, async ({ config }) => {
        const { taskQueue } = config.temporal
        const run = async (request) => {
          const began = performance.now()
          const { loaded } = await (await startBackfill(client, { ...range, ...request, taskQueue })).result()
          if (loaded !== days) throw new Error(`only ${loaded} of ${days} days were loaded`)
          return performance.now() - began
        }
        return {
          together: await run({ pipeline: 'together', singleRun: true }),
          each: await run({ pipeline: 'each', concurrency: AT_ONCE }),
          empty: await emptyWorkflowsASecond(server, client),
        }
      }),
    )
    const limit = await readAlone(join(folder, 'alone.duckdb'), join(source, '*.csv'), COLUMNS)
    return [
      {
        what: `backfill of ${days} days, in one run`,
        limitIs: 'DuckDB: one read_csv of all, and the insert',
        budget: 2,
        ours: together,
        limit,
      },
      {
        what: `backfill of ${days} days, a workflow each`,
        unit: 'partitions a second',
        limitIs: `empty workflows, ${AT_ONCE} at a time`,
        ours: days / (each / 1_000),
        limit: empty,
        atLeast: Math.min(20, empty / 2),
      },
    ]
  })
}

async function emptyWorkflowsASecond(server, client) {
  const connection = await NativeConnection.connect({ address: server.address })
  const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} }
  const workflowsPath = new URL('../empty-workflow.mjs', import.meta.url).pathname
  const worker = await Worker.create({
    connection,
    taskQueue: 'bench-empty',
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: quiet }),
  })
  try {
    return await worker.runUntil(async () => {
      const began = performance.now()
      let started = 0
      const one = async () => {
        while (started < EMPTY)
          await client.workflow.execute('empty', { workflowId: `bench-empty-${started++}`, taskQueue: 'bench-empty' })
      }
      await Promise.all(Array.from({ length: AT_ONCE }, one))
      return EMPTY / ((performance.now() - began) / 1_000)
    })
  } finally {
    await connection.close()
  }
}
