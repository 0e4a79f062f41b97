/** Two pipelines: one takes whatever is dropped, the other has days, a schedule that ticks each minute, and a sensor. */
export const configText = (
  settleMs,
) => `import { above, daily, defineConfig, duckdb, dynamic, localFolder, notNull } from 'tidemark'

const shared = {
  columns: { name: 'VARCHAR', share_price: 'DOUBLE', amount: 'BIGINT' },
  checks: [above('share_price', 0), notNull('amount')],
  sensor: { every: '5s' },
} as const
const files = '{partition}.csv{,.gz}'

export default defineConfig({
  warehouse: duckdb('.tidemark/warehouse.duckdb'),
  pipelines: {
    dropped: { ...shared, source: localFolder('dropped', { files, settle: '${settleMs}ms' }), partitions: dynamic(), table: 'dropped' },
    daily: {
      ...shared,
      source: localFolder('daily', { files, settle: '${settleMs}ms' }),
      partitions: daily({ start: '2018-01-01', end: '2018-01-06' }),
      table: 'daily',
      schedule: { cron: '* * * * *' },
    },
  },
})
`
