import type { DuckDBConnection } from '@duckdb/node-api'
import type { Pipeline } from '../../config/pipeline.ts'
import type { Debt, TriedDebt } from '../publication.ts'
import { textOrNull } from './ledger-queries.ts'
import { rowsOf, textList } from './sql.ts'

/** What this claim has just loaded, at these paths, is to be moved or deleted at its source. */
export async function oweAfterLoad(
  connection: DuckDBConnection,
  { name, afterLoad }: Pipeline,
  claim: string,
  paths: readonly string[],
): Promise<void> {
  if (afterLoad.kind === 'keep') return
  const list = JSON.stringify(paths)
  // What a newer version has taken the place of is no longer there to be moved.
  await connection.run(
    `UPDATE tidemark.files SET after_load = NULL, error = NULL WHERE pipeline = $1 AND after_load = 'owed' AND claim IS DISTINCT FROM $2
       AND path IN ${textList('$3')}`,
    [name, claim, list],
  )
  await connection.run(
    `UPDATE tidemark.files SET after_load = 'owed'
     WHERE pipeline = $1 AND claim = $2 AND status = 'loaded' AND path IN ${textList('$3')}`,
    [name, claim, list],
  )
}

/** Of newest versions: a newer one voids it, as does a file that is gone. What a person wants read again is left there until it was. */
export async function readDebts(connection: DuckDBConnection, pipeline: string): Promise<Debt[]> {
  const rows = await rowsOf(
    connection,
    `SELECT path, partition_key, sequence, fingerprint, error FROM tidemark.files
     WHERE pipeline = $1 AND after_load = 'owed' AND status = 'loaded' AND gone_at IS NULL
       AND (decision IS NULL OR carried_out_at IS NOT NULL) AND (path, sequence) IN (
       SELECT path, max(sequence) FROM tidemark.files WHERE pipeline = $1 GROUP BY path)
     ORDER BY path`,
    pipeline,
  )
  return rows.map((row) => ({
    path: String(row.path),
    key: String(row.partition_key),
    sequence: Number(row.sequence),
    fingerprint: String(row.fingerprint),
    error: textOrNull(row.error),
  }))
}

export async function payDebts(connection: DuckDBConnection, pipeline: string, tried: readonly TriedDebt[]): Promise<void> {
  await connection.run(
    `UPDATE tidemark.files SET after_load = CASE WHEN p.error IS NOT NULL THEN 'owed' WHEN p.stays THEN NULL ELSE 'done' END, moved_to = p.moved_to, error = p.error
     FROM (SELECT unnest(from_json($2::JSON, '[{"path":"VARCHAR","sequence":"INTEGER","moved_to":"VARCHAR","stays":"BOOLEAN","error":"VARCHAR"}]'), recursive := true)) p
     WHERE files.pipeline = $1 AND files.path = p.path AND files.sequence = p.sequence AND files.after_load = 'owed'`,
    [
      pipeline,
      JSON.stringify(
        tried.map(({ path, sequence, movedTo, stays = false, error }) => ({
          path,
          sequence,
          moved_to: movedTo ?? null,
          stays,
          error,
        })),
      ),
    ],
  )
}
