import type { DuckDBConnection } from '@duckdb/node-api'
import { FILE_COLUMN, PARTITION_COLUMN } from '../../config/own-columns.ts'
import type { Pipeline } from '../../config/pipeline.ts'
import type { Inventoried, Newest } from '../inventory.ts'
import type { Row } from '../warehouse.ts'
import { STATUS, textOrNull } from './ledger-queries.ts'
import { rowsOf, tableName } from './sql.ts'
import { existingColumns } from './target-table.ts'

/** One statement, so that no load comes between ledger and table. */
export async function readInventory(connection: DuckDBConnection, pipeline: Pipeline): Promise<Inventoried[]> {
  const columns = await existingColumns(connection, pipeline)
  const stored =
    columns.size === 0
      ? 'SELECT NULL::VARCHAR AS path, NULL::VARCHAR AS key, 0 AS rows WHERE false'
      : `SELECT ${columnOr(columns, FILE_COLUMN)} AS path, ${columnOr(columns, PARTITION_COLUMN)} AS key, count(*) AS rows
         FROM ${tableName(pipeline.table)} GROUP BY ALL`
  const rows = await rowsOf(
    connection,
    `WITH stored AS (${stored}),
       entries AS (
         SELECT path, arg_max(f, sequence) AS newest, count(*) FILTER (status = 'loaded') AS versions,
           coalesce(sum(rows) FILTER (status = 'loaded'), 0)::BIGINT AS loaded_rows,
           max(content_hash) FILTER (status = 'loaded') AS loaded_hash, max(partition_key) FILTER (status = 'loaded') AS loaded_key,
           coalesce(bool_or(after_load = 'done') FILTER (status = 'loaded'), false) AS loaded_taken
         FROM tidemark.files f WHERE pipeline = $1 GROUP BY path)
     SELECT coalesce(entries.path, stored.path) AS path, newest.sequence AS sequence, newest.fingerprint AS fingerprint,
       newest.status AS status, newest.error AS error, newest.content_hash AS content_hash, newest.after_load AS after_load, newest.gone_at IS NOT NULL AS gone,
       coalesce(versions, 0) AS versions, coalesce(loaded_rows, 0) AS loaded_rows, loaded_hash, loaded_taken,
       coalesce(sum(stored.rows), 0)::BIGINT AS stored_rows,
       coalesce(sum(stored.rows) FILTER (key IS DISTINCT FROM loaded_key), 0)::BIGINT AS stray_rows
     FROM entries FULL JOIN stored ON stored.path = entries.path GROUP BY ALL ORDER BY path NULLS FIRST`,
    pipeline.name,
  )
  return rows.map((row) => ({
    path: textOrNull(row.path),
    newest: row.sequence === null ? undefined : newestOf(row),
    loaded: {
      versions: Number(row.versions),
      rows: Number(row.loaded_rows),
      contentHash: textOrNull(row.loaded_hash) ?? undefined,
      taken: row.loaded_taken === true,
    },
    rows: Number(row.stored_rows),
    strayRows: Number(row.stray_rows),
  }))
}

function newestOf(row: Row): Newest {
  return {
    sequence: Number(row.sequence),
    fingerprint: String(row.fingerprint),
    status: STATUS.parse(row.status),
    error: textOrNull(row.error),
    contentHash: textOrNull(row.content_hash) ?? undefined,
    taken: row.after_load === 'done',
    gone: row.gone === true,
  }
}

/** The table may have been somebody's before it was ours. */
function columnOr(columns: ReadonlyMap<string, unknown>, column: string): string {
  return columns.has(column) ? column : 'NULL::VARCHAR'
}
