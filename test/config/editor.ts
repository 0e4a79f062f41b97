/** What an editor underlines in a config. Nothing runs this: `npm run typecheck` fails where a mistake below is none to it. */
import { above, daily, defineConfig, duckdb, dynamic, localFolder, rowCount } from '../../src/index.ts'

const right = {
  source: localFolder('source', { files: '{partition}.csv', settle: '2s' }),
  partitions: dynamic(),
  table: 'prices',
  columns: { price: 'DOUBLE' },
} as const
const warehouse = duckdb('warehouse.duckdb')

defineConfig({ warehouse, pipelines: { prices: { ...right, sensor: { every: '30s' } } } })
defineConfig({ warehouse, pipelines: { prices: { ...right, checks: [above('price', 0, { blocking: false })], sensor: {} } } })

// @ts-expect-error no warehouse
defineConfig({ pipelines: { prices: { ...right, sensor: {} } } })
// @ts-expect-error an unknown field
defineConfig({ warehouse, pipelines: { prices: { ...right, sensor: {}, tabel: 'prices' } } })
// @ts-expect-error a time that is no length of time
defineConfig({ warehouse, pipelines: { prices: { ...right, sensor: { every: '10 parsecs' } } } })
// @ts-expect-error a number has no unit
defineConfig({ warehouse, pipelines: { prices: { ...right, sensor: { every: 30 } } } })
// @ts-expect-error no such rule
defineConfig({ warehouse, pipelines: { prices: { ...right, sensor: {}, onDeleted: 'forget' } } })
// @ts-expect-error a secret in the config
defineConfig({ warehouse, alerts: { webhook: 'https://hooks.example' }, pipelines: { prices: { ...right, sensor: {} } } })
// @ts-expect-error another overlap policy
defineConfig({ warehouse, pipelines: { prices: { ...right, schedule: { cron: '0 6 * * *', overlap: 'ALLOW' } } } })
// @ts-expect-error a schedule without a cron
defineConfig({ warehouse, pipelines: { prices: { ...right, schedule: { lateAfter: '1h' } } } })
// @ts-expect-error no such identity
localFolder('source', { files: '{partition}.csv', identity: 'name' })
// @ts-expect-error which files?
localFolder('source', { settle: '2s' })
// @ts-expect-error from which day on?
daily({ timezone: 'UTC' })
// @ts-expect-error a column, then a limit
above(0, 'price')
// @ts-expect-error a misspelt limit
rowCount({ minimum: 1 })
