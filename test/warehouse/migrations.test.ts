import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from '@jest/globals'
import { duckdbWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse.ts'
import { MIGRATIONS } from '../../src/warehouse/duckdb/migrations.ts'
import { Loads } from './staged-outcomes.ts'

test('opening a warehouse again keeps its identity and what is in it; a newer one is refused and left as it is', async () => {
  await using loads = await Loads.create()
  const { file } = loads.workspace.config.warehouse
  await loads.load(await loads.good('day', 'SELECT 1 AS n'))
  const identity = await loads.warehouse.identity()
  await loads.warehouse[Symbol.asyncDispose]()

  await using again = duckdbWarehouse({ file })
  expect(await again.identity()).toBe(identity)
  expect(await again.files(loads.pipeline.name)).toHaveLength(1)
  const { rows } = await again.query('SELECT number FROM tidemark.migrations ORDER BY number')
  expect(rows).toEqual(MIGRATIONS.map((_, index) => ({ number: index + 1 })))
  await again.query('INSERT INTO tidemark.migrations VALUES (99, now())')
  await again[Symbol.asyncDispose]()

  await using old = duckdbWarehouse({ file })
  await expect(old.identity()).rejects.toMatchObject({
    code: 'WarehouseFailed',
    message: `the warehouse was made by a newer Tidemark (schema 99, this one knows ${MIGRATIONS.length}); upgrade`,
  })
  await old[Symbol.asyncDispose]()
  await using reader = duckdbWarehouse({ file, readOnly: true })
  expect((await reader.query('SELECT count(*)::INTEGER AS entries FROM tidemark.files')).rows).toEqual([{ entries: 1 }])
})

test('a pipeline that has entries from before first starts were written down has begun; another has not', async () => {
  await using loads = await Loads.create()
  const { file } = loads.workspace.config.warehouse
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  await connection.run('CREATE SCHEMA tidemark; CREATE TABLE tidemark.migrations (number INTEGER, applied_at TIMESTAMPTZ)')
  for (const [index, migration] of MIGRATIONS.slice(0, 2).entries()) {
    await connection.run(migration)
    await connection.run(`INSERT INTO tidemark.migrations VALUES (${index + 1}, now())`)
  }
  await connection.run(
    `INSERT INTO tidemark.files (pipeline, path, sequence, fingerprint, size, partition_key, status)
     VALUES ('old', 'a.csv', 1, 'f', 1, 'a', 'loaded'), ('old', 'a.csv', 2, 'g', 1, 'a', 'held')`,
  )
  connection.closeSync()
  instance.closeSync()
  expect(await loads.warehouse.hasBegun('old')).toBe(true)
  expect(await loads.warehouse.hasBegun('new')).toBe(false)
  expect(await loads.values('SELECT count(*)::INTEGER FROM tidemark.begun')).toEqual([1])
})

test('who only reads makes nothing, and hears what makes a warehouse', async () => {
  await using loads = await Loads.create()
  await using reader = duckdbWarehouse({ file: loads.workspace.path('none.duckdb'), readOnly: true })
  await expect(reader.files('prices')).rejects.toMatchObject({
    code: 'WarehouseFailed',
    message: expect.stringContaining('`tidemark up` or `tidemark worker` makes it'),
  })
  expect(await reader.generation()).toBeUndefined()
})
