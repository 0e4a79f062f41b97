import { expect, test } from '@jest/globals'
import { duckdbWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse.ts'
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
  expect((await again.query('SELECT number FROM tidemark.migrations')).rows).toEqual([{ number: 1 }, { number: 2 }])
  await again.query('INSERT INTO tidemark.migrations VALUES (99, now())')
  await again[Symbol.asyncDispose]()

  await using old = duckdbWarehouse({ file })
  await expect(old.identity()).rejects.toMatchObject({
    code: 'WarehouseFailed',
    message: 'the warehouse was made by a newer Tidemark (schema 99, this one knows 2); upgrade',
  })
  await old[Symbol.asyncDispose]()
  await using reader = duckdbWarehouse({ file, readOnly: true })
  expect((await reader.query('SELECT count(*)::INTEGER AS entries FROM tidemark.files')).rows).toEqual([{ entries: 1 }])
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
