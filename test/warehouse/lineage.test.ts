import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from '@jest/globals'
import { MIGRATIONS } from '../../src/warehouse/duckdb/migrations.ts'
import type { Lineage } from '../../src/warehouse/lineage.ts'
import { Loads, RUN } from './staged-outcomes.ts'

/** `version rows/files +loaded -removed` of each version of a partition. */
function versionLines({ versions }: Lineage): string[] {
  return versions.map(({ version, rows, files, loaded, removed }) =>
    [`${version} ${rows}/${files}`, ...loaded.map((path) => `+${path}`), ...removed.map((path) => `-${path}`)].join(' '),
  )
}

const ONE = 'SELECT 1 AS n'
const TWO = 'SELECT unnest([1, 2]) AS n'

test('a row says by its file where it comes from: version, run, time and code version', async () => {
  await using loads = await Loads.create()
  await loads.load(await loads.good('day', ONE))
  await loads.load(await loads.good('day', TWO))
  const [newest] = await loads.warehouse.files(loads.pipeline.name)
  const { rows } = await loads.warehouse.query(
    `SELECT DISTINCT l.version, l.rows, l.workflow_id, l.run_id, l.code_version, l.content_hash
     FROM prices t JOIN tidemark.lineage l ON l.pipeline = '${loads.pipeline.name}' AND l.path = t._tidemark_file`,
  )
  expect(rows).toEqual([
    {
      version: 2,
      rows: '2',
      workflow_id: RUN.workflowId,
      run_id: RUN.runId,
      code_version: newest?.code_version,
      content_hash: newest?.content_hash,
    },
  ])
  const { files } = await loads.warehouse.lineage(loads.pipeline.name, 'day')
  expect(files).toEqual([
    {
      path: 'day.csv',
      version: 2,
      rows: 2,
      rows_of_version: 2,
      loaded_at: newest?.loaded_at,
      workflow_id: RUN.workflowId,
      run_id: RUN.runId,
      code_version: newest?.code_version,
      fingerprint: newest?.fingerprint,
      content_hash: newest?.content_hash,
    },
  ])
  expect(newest?.code_version).toMatch(/^\d+\.\d+\.\d+/)
})

test('each load and each removal of a partition is a version of it; what leaves its rows alone is none', async () => {
  await using loads = await Loads.create()
  const { warehouse, pipeline } = loads
  await loads.load(await loads.good('day', ONE, 'a.csv'), await loads.good('other', ONE, 'o.csv'))
  await loads.load(await loads.good('day', TWO, 'b.csv'))
  await loads.load({ ...loads.held('day', 'bad'), listed: { ...loads.same('day', 'a.csv').listed } })
  await loads.load(await loads.good('day', 'SELECT unnest([1, 2, 3]) AS n', 'a.csv'))
  await warehouse.decide(pipeline.name, 'b.csv', { decision: 'remove', reason: 'wrong', by: 'ana' })
  await loads.claim(['day'])
  const lineage = await warehouse.lineage(pipeline.name, 'day')
  expect(versionLines(lineage)).toEqual(['1 1/1 +a.csv', '2 3/2 +b.csv', '3 5/2 +a.csv', '4 3/1 -b.csv'])
  expect(lineage.files.map(({ path, version }) => `${path}#${version}`)).toEqual(['a.csv#3'])
  expect(lineage.versions.map(({ run_id }) => run_id)).toEqual([RUN.runId, RUN.runId, RUN.runId, null])
  expect([...lineage.versions].sort((one, other) => (one.changed_at < other.changed_at ? -1 : 1))).toEqual(lineage.versions)
  expect(versionLines(await warehouse.lineage(pipeline.name, 'other'))).toEqual(['1 1/1 +o.csv'])
  expect(await warehouse.lineage(pipeline.name, 'none')).toEqual({ files: [], versions: [] })
})

test('the same bytes again: the rows are still those of the load that has written them', async () => {
  await using loads = await Loads.create()
  const { warehouse, pipeline } = loads
  await loads.load(await loads.good('day', TWO))
  const [first] = (await warehouse.lineage(pipeline.name, 'day')).files
  await loads.load(loads.same('day'))
  await loads.load(loads.same('day'))
  const lineage = await warehouse.lineage(pipeline.name, 'day')
  expect(lineage.files).toEqual([
    expect.objectContaining({ version: 3, rows_of_version: 1, rows: 2, loaded_at: first?.loaded_at }),
  ])
  expect(versionLines(lineage)).toEqual(['1 2/1 +day.csv'])
})

test('a version that is loaded again on request has its earlier load told as well', async () => {
  await using loads = await Loads.create()
  const { warehouse, pipeline } = loads
  await loads.load(await loads.good('day', ONE))
  await warehouse.decide(pipeline.name, 'day.csv', { decision: 'retry', reason: 'mended', by: 'ana' })
  await loads.load(await loads.answer(await loads.good('day', TWO), 'retry'))
  expect(await loads.ledgerLines()).toEqual(['day.csv#1 loaded 2'])
  await warehouse.decide(pipeline.name, 'day.csv', { decision: 'remove', reason: 'wrong', by: 'ana' })
  await loads.claim(['day'])
  await warehouse.decide(pipeline.name, 'day.csv', { decision: 'retry', reason: 'not wrong', by: 'ana' })
  await loads.load(await loads.answer(await loads.good('day', ONE), 'retry'))
  expect(versionLines(await warehouse.lineage(pipeline.name, 'day'))).toEqual([
    '1 1/1 +day.csv',
    '2 2/1 +day.csv',
    '3 0/0 -day.csv',
    '4 1/1 +day.csv',
  ])
})

test('a warehouse from before this was written down answers from what its ledger has', async () => {
  await using loads = await Loads.create()
  const { file } = loads.workspace.config.warehouse
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  await connection.run('CREATE SCHEMA tidemark; CREATE TABLE tidemark.migrations (number INTEGER, applied_at TIMESTAMPTZ)')
  for (const [index, migration] of MIGRATIONS.slice(0, 3).entries()) {
    await connection.run(migration)
    await connection.run(`INSERT INTO tidemark.migrations VALUES (${index + 1}, now())`)
  }
  const { name } = loads.pipeline
  const entry = (
    path: string,
    sequence: number,
    status: string,
    hash: string,
    rows: number,
    day: number,
    rest = 'NULL, NULL, NULL',
  ) =>
    `('${name}', '${path}', ${sequence}, 'f${sequence}', 1, 'day', '${status}', '${hash}', ${rows}, 'w', 'r${sequence}', '0.1.0',
      ${status === 'held' ? 'NULL' : `'2026-01-0${day} 00:00:00+00'`}, '2026-01-0${day} 00:00:00+00', ${rest})`
  await connection.run(
    `INSERT INTO tidemark.files (pipeline, path, sequence, fingerprint, size, partition_key, status, content_hash, rows, workflow_id, run_id,
       code_version, loaded_at, settled_at, decision, carried_out_at, gone_at)
     VALUES ${[
       entry('a.csv', 1, 'superseded', 'x', 5, 1),
       entry('a.csv', 2, 'superseded', 'x', 5, 2), // the same bytes
       entry('a.csv', 3, 'held', 'z', 0, 3),
       entry('a.csv', 4, 'superseded', 'y', 7, 4),
       entry('a.csv', 5, 'loaded', 'y', 7, 5, "'retry', '2026-01-05 00:00:00+00', NULL"), // read again on request
       entry('b.csv', 1, 'removed', 'b', 2, 2, "'remove', '2026-01-06 00:00:00+00', NULL"),
       entry('c.csv', 1, 'removed', 'c', 3, 2, "NULL, NULL, '2026-01-07 00:00:00+00'"),
     ].join(', ')}`,
  )
  connection.closeSync()
  instance.closeSync()
  const lineage = await loads.warehouse.lineage(name, 'day')
  expect(lineage.files).toEqual([expect.objectContaining({ path: 'a.csv', version: 5, rows_of_version: 5, run_id: 'r5' })])
  expect(versionLines(lineage)).toEqual([
    '1 5/1 +a.csv',
    '2 10/3 +b.csv +c.csv',
    '3 12/3 +a.csv',
    '4 12/3 +a.csv',
    '5 10/2 -b.csv',
    '6 7/1 -c.csv',
  ])
  expect(lineage.versions.map(({ changed_at }) => changed_at.slice(0, 10))).toEqual(
    ['01', '02', '04', '05', '06', '07'].map((day) => `2026-01-${day}`),
  )
})
