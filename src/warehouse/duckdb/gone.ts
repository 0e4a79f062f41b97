import type { DuckDBConnection } from '@duckdb/node-api'
import type { Pipeline } from '../../config/pipeline.ts'
import type { GoneFile } from '../publication.ts'
import { takeOut } from './decisions.ts'
import { rowsOf, textList } from './sql.ts'

/**
 * Writes down that these files are gone, and takes their rows out where the config says so.
 * @returns those that were not known to be gone
 */
export async function markGone(
  connection: DuckDBConnection,
  pipeline: Pipeline,
  absent: readonly GoneFile[],
): Promise<readonly GoneFile[]> {
  if (absent.length === 0) return []
  const marked = await rowsOf(
    connection,
    `UPDATE tidemark.files SET gone_at = now()
     WHERE pipeline = $1 AND gone_at IS NULL AND after_load IS DISTINCT FROM 'done' AND (path, sequence) IN (
       SELECT path, max(sequence) FROM tidemark.files WHERE pipeline = $1 AND path IN ${textList('$2')} GROUP BY path)
     RETURNING path`,
    pipeline.name,
    JSON.stringify(absent.map(({ path }) => path)),
  )
  await voidOwnRetries(connection, pipeline.name)
  const news = new Set(marked.map(({ path }) => String(path)))
  if (pipeline.onDeleted === 'remove' && news.size > 0)
    await takeOut(connection, pipeline, await notTaken(connection, pipeline, [...news]))
  return absent.filter(({ path }) => news.has(path))
}

/** Of a copy whose original left: nobody can carry that out any more, and nobody needs to, since what comes back is loaded. */
async function voidOwnRetries(connection: DuckDBConnection, pipeline: string): Promise<void> {
  await connection.run(
    `UPDATE tidemark.files SET decision = NULL, reason = NULL, decided_by = NULL, decided_at = NULL
     WHERE pipeline = $1 AND gone_at IS NOT NULL AND decision = 'retry' AND decided_by = 'tidemark' AND carried_out_at IS NULL`,
    [pipeline],
  )
}

/** A newer version that was held and is gone says nothing of the loaded one, when that one was moved or deleted by us. */
async function notTaken(connection: DuckDBConnection, { name }: Pipeline, paths: readonly string[]): Promise<string[]> {
  const rows = await rowsOf(
    connection,
    `SELECT path FROM tidemark.files
     WHERE pipeline = $1 AND status = 'loaded' AND after_load IS DISTINCT FROM 'done' AND path IN ${textList('$2')}`,
    name,
    JSON.stringify(paths),
  )
  return rows.map(({ path }) => String(path))
}
