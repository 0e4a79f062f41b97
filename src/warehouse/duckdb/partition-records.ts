import type { DuckDBConnection } from '@duckdb/node-api'
import type { PartitionRecord, PartitionRecords } from '../partition-record.ts'
import { columnOf, jsonColumns, rowsOf } from './sql.ts'

const COLUMNS = ['key', 'files', 'rows', 'held', 'duplicates', 'removed', 'ignored', 'first_loaded', 'loaded', 'claimed']
/** One statement, so that no load comes between ledger and claims. Which version is the newest is asked of those paths alone for which it matters. */
const RECORDS = `WITH loads AS (
    SELECT partition_key AS key, count(*) FILTER (status = 'loaded') AS files, coalesce(sum(rows) FILTER (status = 'loaded'), 0)::BIGINT AS rows,
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
  SELECT key, files, rows, held, duplicates, removed, ignored, first_loaded, loaded, claimed
  FROM loads LEFT JOIN others USING (key) FULL JOIN claimed USING (key) ORDER BY key`

export async function readPartitionRecords(connection: DuckDBConnection, pipeline: string): Promise<PartitionRecords> {
  const [begun] = await rowsOf(
    connection,
    'SELECT min(epoch_ms(begun_at)) AS ms FROM tidemark.begun WHERE pipeline = $1',
    pipeline,
  )
  const [row] = await rowsOf(connection, jsonColumns(COLUMNS, RECORDS), pipeline)
  const [files, rows, held, duplicates, removed, ignored, first, last, claimed] = COLUMNS.slice(1).map((name) =>
    columnOf(row?.[name]),
  )
  const records = columnOf(row?.key).map(
    (key, index): PartitionRecord => ({
      key: String(key),
      files: Number(files?.[index]),
      rows: Number(rows?.[index]),
      held: Number(held?.[index]),
      duplicates: Number(duplicates?.[index]),
      removed: Number(removed?.[index]),
      ignored: Number(ignored?.[index]),
      firstLoadedMs: numberOf(first?.[index]),
      loadedMs: numberOf(last?.[index]),
      claimed: claimed?.[index] === true,
    }),
  )
  return { records, begunMs: begun?.ms === null ? undefined : Number(begun?.ms) }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
