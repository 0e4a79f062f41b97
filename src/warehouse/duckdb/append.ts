import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { duckdb } from '../../duckdb.ts'

type Cell = string | number | bigint | Date | null

type ColumnType = 'VARCHAR' | 'INTEGER' | 'BIGINT' | 'TIMESTAMPTZ'

/** All columns of a table, in its order. */
export type AppendedColumns = readonly (readonly [name: string, type: ColumnType])[]

/** DuckDB's own for rows that travel together. */
const MOST_ROWS = 2_048

/**
 * Adds rows to a table of the schema `tidemark`, in the transaction that is open: less than half of what an INSERT of the same costs. Column
 * by column, which takes a third of the time that cell by cell does.
 */
export async function append<T extends AppendedColumns>(
  connection: DuckDBConnection,
  table: string,
  columns: T,
  rows: readonly Readonly<Record<T[number][0], Cell>>[],
): Promise<void> {
  const library = duckdb()
  const types = columns.map(([, type]) => library[type])
  const appender = await connection.createAppender(table, 'tidemark')
  try {
    for (let first = 0; first < rows.length; first += MOST_ROWS) {
      const some = rows.slice(first, first + MOST_ROWS)
      const chunk = library.DuckDBDataChunk.create(types, some.length)
      for (const [place, [name, type]] of columns.entries())
        chunk.setColumnValues(
          place,
          some.map((row) => duckdbValue(row[name as T[number][0]], type)),
        )
      appender.appendDataChunk(chunk)
    }
    appender.flushSync()
  } finally {
    appender.closeSync()
  }
}

function duckdbValue(cell: Cell, type: ColumnType): DuckDBValue {
  if (cell instanceof Date) return new (duckdb().DuckDBTimestampTZValue)(BigInt(cell.getTime()) * 1_000n)
  return type === 'BIGINT' && cell !== null ? BigInt(cell) : cell
}
