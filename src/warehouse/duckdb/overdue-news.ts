import type { DuckDBConnection } from '@duckdb/node-api'
import { isNews, type Least, type Overdue } from '../overdue.ts'
import { rowsOf, textList } from './sql.ts'

/** What people were told last of partitions, and of the next one: `late` or `missing`, by subject. */
export async function readToldOverdue(connection: DuckDBConnection, pipeline: string): Promise<ReadonlyMap<string, string>> {
  const rows = await rowsOf(
    connection,
    `SELECT subject, state FROM tidemark.told WHERE pipeline = $1 AND state IN ('late', 'missing')`,
    pipeline,
  )
  return new Map(rows.map(({ subject, state }) => [String(subject), String(state)]))
}

/** Of what was overdue a moment ago that which still is, and was not told. Inside the transaction that writes it as told. */
export async function stillUntold(
  connection: DuckDBConnection,
  pipeline: string,
  overdue: readonly Overdue[],
  { files, rows }: Least,
): Promise<Overdue[]> {
  const told = await readToldOverdue(connection, pipeline)
  const untold = overdue.filter(({ subject, state }) => isNews(state, told.get(subject)))
  const come = await rowsOf(
    connection,
    `SELECT partition_key AS key FROM tidemark.files WHERE pipeline = $1 AND status = 'loaded' AND partition_key IN ${textList('$2')}
     GROUP BY ALL HAVING count(*) >= $3 AND coalesce(sum(rows), 0) >= $4`,
    pipeline,
    JSON.stringify(untold.flatMap(({ key }) => key ?? [])),
    files,
    rows,
  )
  const loaded = new Set(come.map(({ key }) => String(key)))
  return untold.filter(({ key }) => key === undefined || !loaded.has(key))
}
