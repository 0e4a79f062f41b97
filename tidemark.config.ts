import { above, daily, defineConfig, duckdb, dynamic, localFolder } from 'tidemark'

const columns = {
  date: 'DATE',
  share_price: 'DOUBLE',
  amount: 'DOUBLE',
  spend: 'DOUBLE',
  shift: 'DOUBLE',
  spread: 'DOUBLE',
} as const

export default defineConfig({
  warehouse: duckdb('.tidemark/warehouse.duckdb'),
  pipelines: {
    // Scheduled: each morning the partition of the day before.
    daily_prices: {
      source: localFolder('data/daily', { files: '{partition}.csv' }),
      partitions: daily({ start: '2018-01-22', end: '2018-01-24', timezone: 'UTC' }),
      table: 'raw_partition_data',
      columns,
      csv: { dateFormat: '%Y/%m/%d' },
      checks: [above('share_price', 0)],
      schedule: { cron: '0 6 * * *', lateAfter: '45m', missingAfter: '24h' },
    },
    // Event-driven: whatever is dropped into the folder, when it is whole.
    dropped_prices: {
      source: localFolder('data/source', { files: '{partition}.csv' }),
      partitions: dynamic(),
      table: 'raw_dynamic_partition_data',
      columns,
      csv: { dateFormat: '%Y/%m/%d' },
      checks: [above('share_price', 0)],
      sensor: { every: '30s' },
    },
  },
})
