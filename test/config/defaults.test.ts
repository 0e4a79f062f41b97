import { expect, test } from '@jest/globals'
import { daily, duckdb, dynamic, localFolder } from '../../src/config/define.ts'
import { parseConfig } from '../../src/config/parse.ts'

const required = {
  source: localFolder('data/daily', { files: '{partition}.csv' }),
  table: 'prices',
  columns: { price: 'DOUBLE' },
}

test('what is left out has its default, and paths are relative to the config file', () => {
  const config = parseConfig(
    {
      warehouse: duckdb('.tidemark/warehouse.duckdb'),
      pipelines: {
        scheduled: {
          ...required,
          partitions: daily({ start: '2018-01-22', timezone: 'Europe/Berlin' }),
          schedule: { cron: '0 6 * * *' },
        },
        dropped: { ...required, table: 'raw.prices', partitions: dynamic(), sensor: {} },
      },
    },
    '/project/tidemark.config.ts',
  )
  expect(config).toMatchObject({
    folder: '/project',
    stateFolder: '/project/.tidemark',
    warehouse: { kind: 'duckdb', file: '/project/.tidemark/warehouse.duckdb' },
    temporal: { namespace: 'default', taskQueue: 'tidemark' },
  })
  expect(config.pipelines.get('scheduled')).toEqual({
    name: 'scheduled',
    source: {
      kind: 'local',
      folder: '/project/data/daily',
      files: '{partition}.csv',
      settleMs: 2_000,
      identity: 'stat',
      done: undefined,
      manifest: undefined,
    },
    partitions: {
      kind: 'daily',
      start: '2018-01-22',
      end: undefined,
      timezone: 'Europe/Berlin',
      offsetMs: 0,
      format: 'yyyy-MM-dd',
    },
    initial: { since: 'all', order: undefined, atOnce: 2_000 },
    table: { schema: 'main', name: 'prices' },
    columns: { price: 'DOUBLE' },
    csv: {
      delimiter: ',',
      quote: '"',
      escape: '"',
      header: true,
      nullText: [],
      dateFormat: undefined,
      timestampFormat: undefined,
    },
    checks: [],
    arrival: undefined,
    onBadRows: 'hold',
    onSchemaChange: 'freeze',
    onDeleted: 'keep',
    onDuplicate: 'load',
    afterLoad: { kind: 'keep' },
    expect: {
      due: { at: 'tick', cron: '0 6 * * *', timezone: 'Europe/Berlin' },
      lateAfterMs: 3_600_000,
      missingAfterMs: 86_400_000,
      files: 1,
      rows: 0,
      except: { weekdays: [], dates: [] },
    },
    schedule: {
      cron: '0 6 * * *',
      timezone: 'Europe/Berlin',
      overlap: 'ALLOW_ALL',
      pauseOnFailure: false,
      catchupWindowMs: 365 * 86_400_000,
      lateAfterMs: 3_600_000,
      missingAfterMs: 86_400_000,
    },
    sensor: undefined,
  })
  expect(config.pipelines.get('dropped')).toMatchObject({
    table: { schema: 'raw', name: 'prices' },
    partitions: { kind: 'dynamic' },
    schedule: undefined,
    sensor: { everyMs: 30_000 },
  })
})

test.each([
  [undefined, { since: 'all', order: undefined, atOnce: 2_000 }],
  ['none', { since: 'none', order: undefined, atOnce: 2_000 }],
  [{}, { since: 'all', order: undefined, atOnce: 2_000 }],
  [
    { order: 'newest', atOnce: 7 },
    { since: 'all', order: 'newest', atOnce: 7 },
  ],
  [{ since: '2024-01-31' }, { since: new Date('2024-01-31T00:00:00Z'), order: undefined, atOnce: 2_000 }],
  [{ since: '2024-01-31T06:00+02:00' }, { since: new Date('2024-01-31T04:00:00Z'), order: undefined, atOnce: 2_000 }],
] as const)('a first start of %j', (initial, expected) => {
  const partitions = dynamic(initial === undefined ? {} : { initial })
  const pipelines = { dropped: { ...required, partitions, sensor: {} } }
  const config = parseConfig({ warehouse: duckdb('w.duckdb'), pipelines }, '/project/tidemark.config.ts')
  expect(config.pipelines.get('dropped')?.initial).toEqual(expected)
})
