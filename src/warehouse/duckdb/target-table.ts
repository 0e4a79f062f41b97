import type { DuckDBConnection } from '@duckdb/node-api'
import { FILE_COLUMN, PARTITION_COLUMN } from '../../config/own-columns.ts'
import type { Pipeline } from '../../config/pipeline.ts'
import { TidemarkError } from '../../errors.ts'
import { quotedName } from '../../sql-text.ts'
import { rowsOf, tableName } from './sql.ts'

/** Makes the pipeline's table, or sees that the one that is there has the declared columns. */
export async function ensureTable(connection: DuckDBConnection, pipeline: Pipeline): Promise<void> {
  const wanted = await declaredTypes(connection, pipeline)
  const existing = await existingTypes(connection, pipeline)
  if (existing.size === 0) return createTable(connection, pipeline, wanted)
  for (const [column, type] of wanted) {
    const found = existing.get(column.toLowerCase())
    if (found === undefined) throw mismatch(pipeline, `has no column ${column}`, `ADD COLUMN ${quotedName(column)} ${type}`)
    if (found !== type)
      throw mismatch(pipeline, `has ${column} as ${found}, the config as ${type}`, `ALTER ${quotedName(column)} TYPE ${type}`)
  }
}

async function createTable(connection: DuckDBConnection, pipeline: Pipeline, wanted: ReadonlyMap<string, string>): Promise<void> {
  const columns = [...wanted].map(([column, type]) => `${quotedName(column)} ${type}`)
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quotedName(pipeline.table.schema)}`)
  await connection.run(`CREATE TABLE ${tableName(pipeline.table)} (${columns.join(', ')})`)
}

/** Types as DuckDB itself writes them, so that `TEXT` and `VARCHAR` are one. */
async function declaredTypes(connection: DuckDBConnection, pipeline: Pipeline): Promise<Map<string, string>> {
  const declared = [
    ...Object.entries(pipeline.columns),
    [PARTITION_COLUMN, 'VARCHAR'] as const,
    [FILE_COLUMN, 'VARCHAR'] as const,
  ]
  const types = await rowsOf(
    connection,
    `SELECT ${declared.map(([, type], index) => `typeof(NULL::${type}) AS t${index}`).join(', ')}`,
  )
  return new Map(declared.map(([column], index) => [column, String(types[0]?.[`t${index}`])]))
}

/** By the columns' names in lower case; empty while there is no such table. */
export async function existingTypes(connection: DuckDBConnection, { table }: Pipeline): Promise<Map<string, string>> {
  const rows = await rowsOf(
    connection,
    `SELECT lower(column_name) AS name, data_type FROM duckdb_columns()
     WHERE database_name = current_database() AND lower(schema_name) = lower($1) AND lower(table_name) = lower($2)`,
    table.schema,
    table.name,
  )
  return new Map(rows.map((row) => [String(row.name), String(row.data_type)]))
}

function mismatch({ name, table }: Pipeline, what: string, mend: string): TidemarkError {
  const sql = `ALTER TABLE ${tableName(table)} ${mend}`
  return new TidemarkError(
    'WarehouseFailed',
    `pipeline ${name}: the table ${table.name} ${what}; run ${sql}, or change the config`,
  )
}
