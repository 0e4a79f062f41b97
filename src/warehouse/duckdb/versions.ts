import type { DuckDBConnection } from '@duckdb/node-api'
import type { VisitVersions } from '../warehouse.ts'
import { columnOf, jsonColumns, rowsOf } from './sql.ts'

/** Rows that are in memory at once: some megabytes. */
const TOGETHER = 20_000
const COLUMNS = ['path', 'sequence', 'fingerprint', 'expected']

/** Row by row as they lie there: to order or to group a million of them takes memory that a visit does not. */
export async function visitVersions(connection: DuckDBConnection, pipeline: string, begin: VisitVersions): Promise<void> {
  const [counted] = await rowsOf(
    connection,
    'SELECT count(*) AS rows, max(rowid) AS last FROM tidemark.files WHERE pipeline = $1',
    pipeline,
  )
  const visit = begin(Number(counted?.rows))
  for (let from = 0; from <= Number(counted?.last ?? -1); from += TOGETHER) {
    const [row] = await rowsOf(
      connection,
      jsonColumns(
        COLUMNS,
        `SELECT path, sequence, gone_at IS NULL AND after_load IS DISTINCT FROM 'done' AS expected,
           CASE WHEN expected THEN fingerprint ELSE '' END AS fingerprint
         FROM tidemark.files WHERE pipeline = $1 AND rowid >= $2 AND rowid < $3`,
      ),
      pipeline,
      from,
      from + TOGETHER,
    )
    const [paths = [], sequences = [], fingerprints = [], expected = []] = COLUMNS.map((name) => columnOf(row?.[name]))
    for (const [index, path] of paths.entries())
      visit({
        path: String(path),
        sequence: Number(sequences[index]),
        fingerprint: String(fingerprints[index]),
        isExpected: expected[index] === true,
      })
  }
}
