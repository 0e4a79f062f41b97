/**
 * Four pipelines: one takes whatever is dropped; one has days, a schedule that ticks each minute, and a sensor; one is a mirror of its
 * folder, without what is gone or there twice; and from one the files are moved away once they are loaded.
 */
export const configText = (
  settleMs,
) => `import { above, daily, defineConfig, duckdb, dynamic, localFolder, notNull } from 'tidemark'

const shared = {
  columns: { name: 'VARCHAR', share_price: 'DOUBLE', amount: 'BIGINT' },
  checks: [above('share_price', 0), notNull('amount')],
  sensor: { every: '5s' },
} as const
const source = (folder: string) => localFolder(folder, { files: '{partition}.csv{,.gz}', settle: '${settleMs}ms' })

export default defineConfig({
  warehouse: duckdb('.tidemark/warehouse.duckdb'),
  pipelines: {
    dropped: { ...shared, source: source('dropped'), partitions: dynamic(), table: 'dropped' },
    daily: {
      ...shared,
      source: source('daily'),
      partitions: daily({ start: '2018-01-01', end: '2018-01-06' }),
      table: 'daily',
      schedule: { cron: '* * * * *' },
    },
    mirror: { ...shared, source: source('mirror'), partitions: dynamic(), table: 'mirror', onDeleted: 'remove', onDuplicate: 'skip' },
    taken: { ...shared, source: source('taken'), partitions: dynamic(), table: 'taken', afterLoad: 'move' },
  },
})
`
export const PIPELINES = ['dropped', 'daily', 'mirror', 'taken']
