import type { DuckDBConnection } from '@duckdb/node-api'
import type { PartitionRecord, PartitionRecords } from '../partition-record.ts'
import { rowsOf } from './sql.ts'

/**
 * One statement, so that no load comes between ledger and claims; read by columns, for there may be a hundred thousand. Which version is
 * the newest is asked of those paths alone for which it matters.
 */
export async function readPartitionRecords(connection: DuckDBConnection, pipeline: string): Promise<PartitionRecords> {
  const [begun] = await rowsOf(
    connection,
    'SELECT min(epoch_ms(begun_at)) AS ms FROM tidemark.begun WHERE pipeline = $1',
    pipeline,
  )
  const reader = await connection.runAndReadAll(
    `WITH loads AS (
         SELECT partition_key AS key, count(*) FILTER (status = 'loaded') AS files, coalesce(sum(rows) FILTER (status = 'loaded'), 0) AS rows,
           epoch_ms(min(loaded_at)) AS first_loaded, epoch_ms(max(loaded_at)) AS loaded
         FROM tidemark.files WHERE pipeline = $1 GROUP BY partition_key),
       others AS (
         SELECT partition_key AS key, count(*) FILTER (status = 'held') AS held, count(*) FILTER (status = 'duplicate') AS duplicates,
           count(*) FILTER (status = 'removed' AND decision = 'remove') AS removed, count(*) FILTER (status = 'ignored') AS ignored
         FROM (SELECT * FROM tidemark.files WHERE pipeline = $1 AND path IN (
             SELECT path FROM tidemark.files WHERE pipeline = $1 AND status NOT IN ('loaded', 'superseded'))
           QUALIFY sequence = max(sequence) OVER (PARTITION BY path))
         WHERE gone_at IS NULL GROUP BY partition_key),
       claimed AS (SELECT DISTINCT partition_key AS key, true AS claimed FROM tidemark.claims WHERE pipeline = $1 AND claim IS NOT NULL)
     SELECT key, coalesce(files, 0), coalesce(rows, 0)::DOUBLE, coalesce(held, 0), coalesce(duplicates, 0), coalesce(removed, 0), coalesce(ignored, 0),
       first_loaded::DOUBLE, loaded::DOUBLE, coalesce(claimed, false)
     FROM loads LEFT JOIN others USING (key) FULL JOIN claimed USING (key)`,
    [pipeline],
  )
  const [
    keys = [],
    files = [],
    rows = [],
    held = [],
    duplicates = [],
    removed = [],
    ignored = [],
    first = [],
    last = [],
    claimed = [],
  ] = reader.getColumns()
  const records = keys.map(
    (key, row): PartitionRecord => ({
      key: String(key),
      files: Number(files[row]),
      rows: Number(rows[row]),
      held: Number(held[row]),
      duplicates: Number(duplicates[row]),
      removed: Number(removed[row]),
      ignored: Number(ignored[row]),
      firstLoadedMs: numberOf(first[row]),
      loadedMs: numberOf(last[row]),
      claimed: claimed[row] === true,
    }),
  )
  return { records, begunMs: begun?.ms === null ? undefined : Number(begun?.ms) }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
