import {
  BIGINT,
  type DuckDBConnection,
  DuckDBTimestampTZValue,
  type DuckDBType,
  INTEGER,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api'

type Cell = string | number | bigint | Date | null

const TYPES = { VARCHAR, INTEGER, BIGINT, TIMESTAMPTZ } satisfies Record<string, DuckDBType>

/** All columns of a table, in its order. */
export type AppendedColumns = readonly (readonly [name: string, type: keyof typeof TYPES])[]

/** Adds rows to a table of the schema `tidemark`, in the transaction that is open: less than half of what an INSERT of the same costs. */
export async function append<T extends AppendedColumns>(
  connection: DuckDBConnection,
  table: string,
  columns: T,
  rows: readonly Readonly<Record<T[number][0], Cell>>[],
): Promise<void> {
  const appender = await connection.createAppender(table, 'tidemark')
  try {
    for (const row of rows) {
      for (const [name, type] of columns) {
        const cell = row[name as T[number][0]]
        if (cell === null) appender.appendNull()
        else appender.appendValue(duckdbValue(cell, type), TYPES[type])
      }
      appender.endRow()
    }
    appender.flushSync()
  } finally {
    appender.closeSync()
  }
}

function duckdbValue(cell: Exclude<Cell, null>, type: keyof typeof TYPES) {
  if (cell instanceof Date) return new DuckDBTimestampTZValue(BigInt(cell.getTime()) * 1_000n)
  return type === 'BIGINT' ? BigInt(cell) : cell
}
