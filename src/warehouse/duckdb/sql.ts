import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBValue } from '@duckdb/node-api'
import type { TableName } from '../../config/pipeline.ts'
import { quotedName } from '../../sql-text.ts'
import type { Row } from '../warehouse.ts'

export function tableName({ schema, name }: TableName): string {
  return `${quotedName(schema)}.${quotedName(name)}`
}

/** All or nothing. What was thrown inside is thrown on, after the rollback. */
export async function transaction<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  try {
    await connection.run('BEGIN TRANSACTION')
    const result = await work()
    await connection.run('COMMIT')
    return result
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined) // the first error is the one that tells
    throw error
  }
}

/** The same texts come again with every load: a third of what such a statement costs is to prepare it. */
const prepared = new WeakMap<DuckDBConnection, Map<string, DuckDBPreparedStatement>>()

export async function rowsOf(connection: DuckDBConnection, sql: string, ...values: DuckDBValue[]): Promise<Row[]> {
  const statement = await prepare(connection, sql)
  statement.bind(values)
  const reader = await statement.runAndReadAll()
  return reader.getRowObjectsJson()
}

/** For a text that comes again; what is in one that does not belongs into `connection.run`. */
export async function run(connection: DuckDBConnection, sql: string, ...values: DuckDBValue[]): Promise<void> {
  const statement = await prepare(connection, sql)
  statement.bind(values)
  await statement.run()
}

/** They keep the file open for as long as they are there. */
export function dropPrepared(connection: DuckDBConnection): void {
  for (const statement of prepared.get(connection)?.values() ?? []) statement.destroySync()
  prepared.delete(connection)
}

async function prepare(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const statements = prepared.get(connection) ?? new Map<string, DuckDBPreparedStatement>()
  prepared.set(connection, statements)
  const statement = statements.get(sql) ?? (await connection.prepare(sql))
  statements.set(sql, statement)
  return statement
}

/** To compare a column with texts: a single one, as most are, takes a third of the time of a list. */
export function anyOf(texts: readonly string[], parameter: string): { readonly is: string; readonly value: string } {
  const [only] = texts
  if (only !== undefined && texts.length === 1) return { is: `= ${parameter}`, value: only }
  return { is: `IN ${textList(parameter)}`, value: JSON.stringify(texts) }
}

/** A column of texts from a JSON array, so that a list of any length is one parameter. */
export function textList(parameter: string): string {
  return `(SELECT unnest(from_json(${parameter}::JSON, '["VARCHAR"]')))`
}

/** One row with a text of JSON for each column: many rows are read so in a third of the time that a value for each takes. */
export function jsonColumns(columns: readonly string[], from: string): string {
  return `SELECT ${columns.map((column) => `to_json(list(${column})) AS ${column}`).join(', ')} FROM (${from})`
}

/** A column of `jsonColumns`. Of no rows the list is null. */
export function columnOf(json: unknown): readonly unknown[] {
  const values: unknown = typeof json === 'string' ? JSON.parse(json) : []
  return Array.isArray(values) ? values : []
}
