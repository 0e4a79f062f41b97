import type { DuckDBConnection } from '@duckdb/node-api'
import type { VisitVersions } from '../warehouse.ts'
import { rowsOf } from './sql.ts'

/** Row by row as they lie there: to order or to group a million of them takes memory that a visit does not. */
export async function visitVersions(connection: DuckDBConnection, pipeline: string, begin: VisitVersions): Promise<void> {
  const [counted] = await rowsOf(connection, 'SELECT count(*) AS rows FROM tidemark.files WHERE pipeline = $1', pipeline)
  const visit = begin(Number(counted?.rows))
  const result = await connection.stream(
    `SELECT path, sequence, CASE WHEN gone_at IS NULL AND after_load IS DISTINCT FROM 'done' THEN fingerprint ELSE '' END,
       gone_at IS NULL AND after_load IS DISTINCT FROM 'done'
     FROM tidemark.files WHERE pipeline = $1`,
    [pipeline],
  )
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return
    const [paths = [], sequences = [], fingerprints = [], expected = []] = chunk.getColumns()
    for (const [row, path] of paths.entries())
      visit({
        path: String(path),
        sequence: Number(sequences[row]),
        fingerprint: String(fingerprints[row]),
        isExpected: expected[row] === true,
      })
  }
}
