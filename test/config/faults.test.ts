import { expect, test } from '@jest/globals'
import { above, between, rowCount } from '../../src/checks/builders.ts'
import { daily, duckdb, dynamic, localFolder } from '../../src/config/define.ts'
import { parseConfig } from '../../src/config/parse.ts'

const FILE = '/project/tidemark.config.ts'

function pipeline(fields: Readonly<Record<string, unknown>> = {}) {
  return {
    source: localFolder('source', { files: '{partition}.csv' }),
    partitions: dynamic(),
    table: 'prices',
    columns: { price: 'DOUBLE' },
    sensor: { every: '30s' },
    ...fields,
  }
}

function config(fields: Readonly<Record<string, unknown>> = {}) {
  return { warehouse: duckdb('warehouse.duckdb'), pipelines: { prices: pipeline(fields) } }
}

/** What is told of a config, without the line that names the file. */
function faultsOf(exported: unknown): string[] {
  try {
    parseConfig(exported, FILE)
    return []
  } catch (error) {
    expect(error).toMatchObject({ code: 'ConfigInvalid' })
    const [first, ...faults] = String(error instanceof Error ? error.message : error).split('\n')
    expect(first).toBe(`${FILE} is not a valid config:`)
    return faults.map((line) => line.trim())
  }
}

const source = (fields: Readonly<Record<string, unknown>>) => ({ source: { ...pipeline().source, ...fields } })

test.each<[what: string, fields: Readonly<Record<string, unknown>>, fault: string]>([
  [
    'columns that may come and go without a header',
    { onSchemaChange: 'rescue', csv: { header: false } },
    "onSchemaChange: 'rescue' needs a header to know columns by; set csv.header to true",
  ],
  [
    'a done marker beside a manifest',
    source({ done: '{file}.done', manifest: '{partition}.json' }),
    'source.manifest: a manifest says which files are whole; leave out done',
  ],
  [
    'a done marker that is no file’s',
    source({ done: 'done' }),
    'source.done: got "done": write {file} once in it, such as \'{file}.done\'',
  ],
  [
    'an arrival that says nothing',
    { arrival: {} },
    "arrival: expected files, marker or deadline, such as { files: 3, deadline: '2h' }",
  ],
  [
    'two kinds of arrival',
    { arrival: { files: 2, marker: '{partition}/_SUCCESS' } },
    'arrival.marker: expected files or marker; leave one out',
  ],
  [
    'no limit for rejected rows',
    { onBadRows: { reject: {} } },
    'onBadRows.reject: expected rows, share or both, such as { rows: 10 }',
  ],
  [
    'a field that is none',
    { colums: {} },
    "unknown field 'colums'; expected source, partitions, table, columns, csv, checks, schedule, sensor, expect, arrival, onBadRows, onSchemaChange, onDeleted, onDuplicate, afterLoad",
  ],
  [
    'a field of a source that is none',
    source({ setle: '1s' }),
    "source: unknown field 'setle'; expected folder, files, settle, identity, done, manifest",
  ],
  [
    'a table with a dash',
    { table: 'raw-prices' },
    "table: expected a table name of letters, digits and '_', such as 'prices' or 'raw.prices', got 'raw-prices'",
  ],
  ['a table in our schema', { table: 'tidemark.files' }, "table: the schema 'tidemark' holds the ledger; choose another"],
  ['no table', { table: undefined }, "table: expected a table name, such as 'prices' or 'raw.prices', got nothing"],
  ['a duration without a unit', source({ settle: 5 }), "source.settle: expected a duration such as '2s', '45m' or '24h', got 5"],
  [
    'a negative duration',
    source({ settle: '-5s' }),
    `source.settle: expected a duration such as '2s', '45m' or '24h', got "-5s"`,
  ],
  [
    'a sensor that never rests',
    { sensor: { every: '0s' } },
    "sensor.every: expected '1s' or longer, because a watcher sees new files sooner, got 0 ms",
  ],
  ['a folder that is empty', source({ folder: '' }), "source.folder: expected the path of a folder, got ''"],
  [
    'no glob',
    source({ files: undefined }),
    "source.files: expected a glob with {partition}, such as '{partition}.csv', got nothing",
  ],
  [
    'a glob without a partition',
    source({ files: '*.csv' }),
    'source.files: got "*.csv": no partition is in it; write {partition} where the key is',
  ],
  [
    'a source of another kind',
    { source: { kind: 'nfs' } },
    "source: expected a source: localFolder('folder', { files: '{partition}.csv' }), s3('s3://bucket/prefix', …), azureBlob('az://account/container/prefix', …), gcs('gs://bucket/prefix', …), sftp('sftp://user@host/folder', …) or ftp('ftp://user@host/folder', …)",
  ],
  [
    'partitions that are none',
    { partitions: 'daily' },
    "partitions: expected partitions: hourly(…), daily(…), weekly(…), monthly(…) or dynamic(), got 'daily'",
  ],
  ['columns that are a list', { columns: ['price'] }, 'columns: expected an object, got a list'],
  ['no column', { columns: {} }, 'columns: expected at least one column'],
  ['a column without a type', { columns: { price: 8 } }, 'columns.price: expected a text, got 8'],
  [
    'a type that rounds',
    { columns: { price: 'FLOAT' } },
    'columns.price: type FLOAT keeps 7 digits and would spoil 33597290; declare DOUBLE',
  ],
  [
    'columns that differ in case',
    { columns: { price: 'DOUBLE', Price: 'DOUBLE' } },
    'columns.Price: differs from another column only in its case',
  ],
  [
    'a column with a name of ours',
    { columns: { _tidemark_file: 'TEXT' } },
    'columns._tidemark_file: names that begin with _tidemark_ are ours',
  ],
  ['a long delimiter', { csv: { delimiter: '||' } }, "csv.delimiter: expected one character as the delimiter, got '||'"],
  ['a delimiter that is the quote', { csv: { delimiter: '"' } }, 'csv.delimiter: "\\"" is the quote or escape character too'],
  ['a header that is a text', { csv: { header: 'yes' } }, "csv.header: expected true or false, got 'yes'"],
  ['a null text that is a number', { csv: { nullText: 0 } }, 'csv.nullText: expected a text, or a list of texts, got 0'],
  [
    'a check of another column',
    { checks: [above('spread', 0)] },
    "checks.0: 'spread' is not a declared column; expected one of price",
  ],
  [
    'a check of a name that every object has',
    { checks: [above('toString', 0)] },
    "checks.0: 'toString' is not a declared column; expected one of price",
  ],
  [
    'a check that is none',
    { checks: [{ kind: 'below', column: 'price' }] },
    'checks.0: expected a check: above, between, notNull, unique, rowCount, oneOf or sql',
  ],
  [
    'a range the wrong way round',
    { checks: [between('price', 9, 1)] },
    'checks.0: between: expected min to be at most max, got 9 and 1',
  ],
  ['a row count without a limit', { checks: [rowCount({})] }, 'checks.0: rowCount: expected min, max or both'],
  ['no trigger', { sensor: undefined }, "schedule: expected a schedule, a sensor or both, such as sensor: { every: '30s' }"],
  [
    'a schedule of dynamic partitions',
    { schedule: { cron: '0 6 * * *' } },
    'schedule: dynamic partitions have no due time; give the pipeline a sensor',
  ],
])('%s is named, with what is allowed', (_, fields, fault) => {
  expect(faultsOf(config(fields))).toEqual([`pipelines.prices${fault.startsWith('unknown') ? ': ' : '.'}${fault}`])
})

test.each<[what: string, schedule: Readonly<Record<string, unknown>>, fault: string]>([
  [
    'a cron that is none',
    { cron: 'every day' },
    'cron: expected a cron expression of five fields, such as \'0 6 * * *\', got "every day"',
  ],
  [
    'a cron with seconds',
    { cron: '0 0 6 * * *' },
    'cron: expected a cron expression of five fields, such as \'0 6 * * *\', got "0 0 6 * * *"',
  ],
  [
    'a cron with a sign that the server does not know',
    { cron: '0 6 L * *' },
    'cron: expected a cron expression of five fields, such as \'0 6 * * *\', got "0 6 L * *"',
  ],
  [
    'a time zone that is none',
    { timezone: 'Mars' },
    "timezone: expected a time zone by its IANA name, such as 'UTC' or 'Europe/Berlin', got \"Mars\"",
  ],
  [
    'an overlap that is none',
    { overlap: 'skip' },
    "overlap: expected 'ALLOW_ALL', 'SKIP', 'BUFFER_ONE', 'BUFFER_ALL', 'CANCEL_OTHER', 'TERMINATE_OTHER', got 'skip'",
  ],
  ['missing before late', { lateAfter: '2h', missingAfter: '1h' }, 'missingAfter: expected at least lateAfter'],
])('of a schedule, %s is named', (_, schedule, fault) => {
  const fields = { partitions: daily({ start: '2018-01-22' }), schedule: { cron: '0 6 * * *', ...schedule } }
  expect(faultsOf(config(fields))).toEqual([`pipelines.prices.schedule.${fault}`])
})

test.each<[fields: Parameters<typeof daily>[0], fault: string]>([
  [{ start: '2018-02-30' }, 'start: "2018-02-30" is no key of these daily partitions; expected yyyy-MM-dd, such as 2018-01-22'],
  [
    { start: '2018-01-22', end: '2018-01-20' },
    'end: the last partition, 2018-01-20, is before the first, 2018-01-22; both are included',
  ],
  [{ start: '2018-01-22', format: 'yyyy' }, 'format: the format "yyyy" does not tell daily partitions apart'],
])('of partitions, %j is named', (fields, fault) => {
  const faults = faultsOf(config({ partitions: daily(fields) }))
  expect(faults).toEqual([expect.stringContaining(`pipelines.prices.partitions.${fault}`)])
})

const INITIAL = "expected 'all', 'none', or { since: '2024-01-31', order: 'newest', atOnce: 100 }, each of its fields if need be"
const SINCE = "expected a day, such as '2024-01-31' (from 00:00 UTC), or a time with its zone, such as '2024-01-31T06:00:00Z'"

test.each<[initial: unknown, fault: string]>([
  ['since', `: ${INITIAL}, got 'since'`],
  [{ atOnce: 'many' }, `: ${INITIAL}, got an object`],
  [{ from: '2024-01-31' }, ": unknown field 'from'; expected since, order, atOnce"],
  [{ order: 'first' }, `: ${INITIAL}, got an object`],
  [{ since: 'yesterday' }, `.since: ${SINCE}, got "yesterday"`],
  [{ since: '2024-02-30' }, `.since: ${SINCE}, got "2024-02-30"`],
  [{ since: '2024-01-31T06:00' }, `.since: ${SINCE}, got "2024-01-31T06:00"`],
  [{ since: '2024-01-31T25:00Z' }, `.since: ${SINCE}, got "2024-01-31T25:00Z"`],
  [{ atOnce: 0 }, '.atOnce: expected from 1 to 2000 files, got 0'],
  [{ atOnce: 2_001 }, '.atOnce: expected from 1 to 2000 files, got 2001'],
])('of a first start, %j is named', (initial, fault) => {
  expect(faultsOf(config({ partitions: { kind: 'dynamic', initial } }))).toEqual([`pipelines.prices.partitions.initial${fault}`])
})

test.each<[initial: unknown, field: string]>([
  ['none', 'initial'],
  [{ since: '2024-01-31', order: 'newest' }, 'initial.since'],
])('how far back days reach is their start, not %j', (initial, field) => {
  expect(faultsOf(config({ partitions: { ...daily({ start: '2018-01-22' }), initial } }))).toEqual([
    `pipelines.prices.partitions.${field}: how far back daily partitions reach says their first one; write its key as start`,
  ])
  expect(faultsOf(config({ partitions: daily({ start: '2018-01-22', initial: { order: 'newest', atOnce: 50 } }) }))).toEqual([])
})

test('what they all default to may be written down', () => {
  const written = { onBadRows: 'hold', onSchemaChange: 'freeze', onDeleted: 'keep', onDuplicate: 'load', afterLoad: 'keep' }
  expect(
    faultsOf(config({ ...written, ...source({ identity: 'stat' }), partitions: { kind: 'dynamic', initial: 'all' } })),
  ).toEqual([])
})

test('every fault is told at once, of all pipelines', () => {
  const exported = {
    warehouse: { kind: 'postgres' },
    pipelines: {
      prices: pipeline({ table: 7 }),
      'a/b': pipeline(),
      other: pipeline({ sensor: { every: 'soon' } }),
      right: pipeline({ columns: { price: 'FLOAT' } }),
    },
    secrets: {},
  }
  expect(faultsOf(exported)).toEqual([
    "warehouse: expected a warehouse: duckdb('.tidemark/warehouse.duckdb')",
    'warehouse.file: expected a text, got nothing',
    "pipelines.prices.table: expected a table name, such as 'prices' or 'raw.prices', got 7",
    "pipelines.a/b: expected a name of letters, digits, '_', '-' and '.', at most 64 long",
    `pipelines.other.sensor.every: expected a duration such as '2s', '45m' or '24h', got "soon"`,
    "the config: unknown field 'secrets'; expected warehouse, temporal, alerts, pipelines",
    'pipelines.right.columns.price: type FLOAT keeps 7 digits and would spoil 33597290; declare DOUBLE',
  ])
  const pair = {
    ...config(),
    pipelines: { prices: pipeline(), again: pipeline({ table: 'PRICES', checks: [above('spread', 0)] }) },
  }
  expect(faultsOf(pair)).toEqual([
    "pipelines.again.checks.0: 'spread' is not a declared column; expected one of price",
    "pipelines.again.table: 'PRICES' is the table of pipeline 'prices'; each pipeline needs a table of its own",
  ])
})

test.each([
  ['nothing', undefined],
  ['null', null],
  ["'a text'", 'a text'],
  ['a function', () => config()],
])('an export that is %s is no config', (shown, exported) => {
  expect(faultsOf(exported)).toEqual([`expected \`export default defineConfig({ … })\`, got ${shown}`])
})

test('a config without a pipeline has nothing to do', () => {
  expect(faultsOf({ ...config(), pipelines: {} })).toEqual(['pipelines: expected at least one pipeline, got none'])
})

test('a secret that is written down is refused, and not told', () => {
  const secret = 'https://hooks.example/T0/secret'
  const faults = [secret, { env: secret }].flatMap((webhook) => faultsOf({ ...config(), alerts: { webhook } }))
  expect(faults).toEqual([
    expect.stringMatching(/^alerts\.webhook: write env\('NAME'\)/),
    expect.stringMatching(/^alerts\.webhook\.env: write env\('NAME'\)/),
  ])
  expect(faults.join()).not.toContain(secret)
})
