import type { DuckDBConnection } from '@duckdb/node-api'
import type { FilesPage, FilesPageQuery } from '../warehouse.ts'
import { ENTRY_COLUMNS, toEntry } from './ledger-queries.ts'
import { rowsOf } from './sql.ts'

/** The newest version of each path, and how many there are of that kind in all. Those that are gone come to nothing any more by being held. */
export async function readFilesPage(
  connection: DuckDBConnection,
  pipeline: string,
  { key, status, limit, offset }: FilesPageQuery,
): Promise<FilesPage> {
  const newest = `SELECT path, max(sequence) AS sequence, arg_max(partition_key, sequence) AS partition_key, arg_max(status, sequence) AS status,
      arg_max(gone_at IS NOT NULL, sequence) AS gone
    FROM tidemark.files WHERE pipeline = $1 GROUP BY path`
  const chosen = `SELECT path, sequence FROM (${newest})
    WHERE ($2::VARCHAR IS NULL OR partition_key = $2) AND ($3::VARCHAR IS NULL OR (status = $3 AND NOT gone))`
  const values = [pipeline, key ?? null, status ?? null]
  const [counted] = await rowsOf(connection, `SELECT count(*) AS total FROM (${chosen})`, ...values)
  const rows = await rowsOf(
    connection,
    `SELECT ${ENTRY_COLUMNS} FROM tidemark.files
     WHERE pipeline = $1 AND (path, sequence) IN (${chosen} ORDER BY path LIMIT ${Math.trunc(limit)} OFFSET ${Math.trunc(offset)}) ORDER BY path`,
    ...values,
  )
  return { total: Number(counted?.total), files: rows.map(toEntry) }
}
