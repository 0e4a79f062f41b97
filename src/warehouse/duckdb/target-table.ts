import type { DuckDBConnection } from '@duckdb/node-api'
import { FILE_COLUMN, PARTITION_COLUMN, RESCUED_COLUMN } from '../../config/own-columns.ts'
import type { Pipeline } from '../../config/pipeline.ts'
import { TidemarkError } from '../../errors.ts'
import { quotedName } from '../../sql-text.ts'
import { rowsOf, tableName } from './sql.ts'

/**
 * What was found to be in order, while the file stays open: nobody else can change a table then, and to ask takes longer than to insert
 * the rows of a small file.
 */
const found = new WeakMap<DuckDBConnection, WeakMap<Pipeline, ReadonlyMap<string, string>>>()

/**
 * Makes the pipeline's table, or sees that the one that is there has the declared columns; adds those that files brought.
 * @returns what the table calls its columns, by their names in lower case
 */
export async function ensureTable(
  connection: DuckDBConnection,
  pipeline: Pipeline,
  brought: readonly string[] = [],
): Promise<ReadonlyMap<string, string>> {
  const inOrder = found.get(connection) ?? new WeakMap<Pipeline, ReadonlyMap<string, string>>()
  found.set(connection, inOrder)
  const known = inOrder.get(pipeline)
  if (known !== undefined && brought.length === 0) return known
  const { names, isChanged } = await lookAt(connection, pipeline, brought)
  // What this transaction has made goes with it when it fails.
  if (!isChanged) inOrder.set(pipeline, names)
  return names
}

async function lookAt(connection: DuckDBConnection, pipeline: Pipeline, brought: readonly string[]) {
  let isChanged = false
  const wanted = await declaredTypes(connection, pipeline)
  const existing = await existingColumns(connection, pipeline)
  if (existing.size === 0) {
    await createTable(connection, pipeline, wanted)
    isChanged = true
    for (const [column, type] of wanted) existing.set(column.toLowerCase(), { name: column, type })
  }
  for (const [column, type] of wanted) {
    const found = existing.get(column.toLowerCase())
    if (found === undefined) throw mismatch(pipeline, `has no column ${column}`, `ADD COLUMN ${quotedName(column)} ${type}`)
    if (found.type !== type) throw otherType(pipeline, column, found.type, `the config as ${type}`, type)
  }
  const more = brought.map((column) => ({ column, type: 'VARCHAR' }))
  if (pipeline.onSchemaChange === 'rescue') more.push({ column: RESCUED_COLUMN, type: 'JSON' })
  for (const { column, type } of more) {
    const found = existing.get(column.toLowerCase())
    if (found !== undefined && found.type !== type) throw otherType(pipeline, column, found.type, `a file as ${type}`, type)
    if (found !== undefined) continue
    await connection.run(`ALTER TABLE ${tableName(pipeline.table)} ADD COLUMN ${quotedName(column)} ${type}`)
    existing.set(column.toLowerCase(), { name: column, type })
    isChanged = true
  }
  return { names: new Map([...existing].map(([folded, { name }]) => [folded, name])), isChanged }
}

function otherType(pipeline: Pipeline, column: string, found: string, other: string, type: string): TidemarkError {
  return mismatch(pipeline, `has ${column} as ${found}, ${other}`, `ALTER ${quotedName(column)} TYPE ${type}`)
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
export async function existingColumns(
  connection: DuckDBConnection,
  { table }: Pick<Pipeline, 'table'>,
): Promise<Map<string, { name: string; type: string }>> {
  const rows = await rowsOf(
    connection,
    `SELECT column_name AS name, data_type FROM duckdb_columns()
     WHERE database_name = current_database() AND lower(schema_name) = lower($1) AND lower(table_name) = lower($2)`,
    table.schema,
    table.name,
  )
  return new Map(rows.map((row) => [String(row.name).toLowerCase(), { name: String(row.name), type: String(row.data_type) }]))
}

function mismatch({ name, table }: Pipeline, what: string, mend: string): TidemarkError {
  const sql = `ALTER TABLE ${tableName(table)} ${mend}`
  return new TidemarkError(
    'WarehouseFailed',
    `pipeline ${name}: the table ${table.name} ${what}; run ${sql}, or change the config`,
  )
}
