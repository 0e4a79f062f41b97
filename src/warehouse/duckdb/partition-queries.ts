import type { DuckDBConnection } from '@duckdb/node-api'
import type { Run } from '../claim.ts'
import type { WorkOnPartition } from '../warehouse.ts'
import { textOrNull } from './ledger-queries.ts'
import { rowsOf, textList } from './sql.ts'

export async function readLoadedKeys(
  connection: DuckDBConnection,
  pipeline: string,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set()
  const rows = await rowsOf(
    connection,
    `SELECT DISTINCT partition_key AS key FROM tidemark.files
     WHERE pipeline = $1 AND status = 'loaded' AND partition_key IN ${textList('$2')}`,
    pipeline,
    JSON.stringify(keys),
  )
  return new Set(rows.map(({ key }) => String(key)))
}

export async function readWorkOf(connection: DuckDBConnection, pipeline: string, run: Run): Promise<WorkOnPartition[]> {
  const rows = await rowsOf(
    connection,
    `SELECT partition_key AS key, coalesce(sum(rows) FILTER (status = 'loaded'), 0)::BIGINT AS rows,
       min(path || ': ' || coalesce(error, '')) FILTER (status = 'held') AS held
     FROM tidemark.files WHERE pipeline = $1 AND workflow_id = $2 AND run_id = $3 AND status IN ('loaded', 'held', 'duplicate')
       AND (path, sequence) IN (SELECT path, max(sequence) FROM tidemark.files WHERE pipeline = $1 GROUP BY path)
     GROUP BY ALL ORDER BY key`,
    pipeline,
    run.workflowId,
    run.runId,
  )
  return rows.map((row) => ({ key: String(row.key), rows: Number(row.rows), held: textOrNull(row.held) ?? undefined }))
}
