import type { DuckDBConnection } from '@duckdb/node-api'
import { TidemarkError } from '../../errors.ts'
import { MIGRATIONS } from './migrations.ts'
import { rowsOf, transaction } from './sql.ts'

/** Brings the schema `tidemark` up to this code's version. */
export async function migrate(connection: DuckDBConnection): Promise<void> {
  const done = await appliedMigrations(connection)
  if (done === MIGRATIONS.length) return
  if (done > MIGRATIONS.length) {
    throw new TidemarkError(
      'WarehouseFailed',
      `the warehouse was made by a newer Tidemark (schema ${done}, this one knows ${MIGRATIONS.length}); upgrade`,
    )
  }
  await transaction(connection, async () => {
    await connection.run('CREATE SCHEMA IF NOT EXISTS tidemark')
    await connection.run(
      'CREATE TABLE IF NOT EXISTS tidemark.migrations (number INTEGER NOT NULL, applied_at TIMESTAMPTZ NOT NULL)',
    )
    for (const [index, migration] of MIGRATIONS.entries()) {
      if (index < done) continue
      await connection.run(migration)
      await connection.run('INSERT INTO tidemark.migrations VALUES ($1, now())', [index + 1])
    }
  })
}

/** How many migrations a warehouse has; 0 for one that is new. */
export async function appliedMigrations(connection: DuckDBConnection): Promise<number> {
  const tables = await rowsOf(
    connection,
    "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'tidemark' AND table_name = 'migrations'",
  )
  if (tables.length === 0) return 0
  const [row] = await rowsOf(connection, 'SELECT coalesce(max(number), 0)::INTEGER AS number FROM tidemark.migrations')
  return Number(row?.number)
}
