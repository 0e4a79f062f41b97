import type { DuckDBConnection } from '@duckdb/node-api'
import type { Pipeline } from '../../config/pipeline.ts'
import type { Debt, PaidDebt } from '../warehouse.ts'
import { rowsOf } from './sql.ts'

/** What this claim has loaded is to be moved or deleted at its source. */
export async function oweAfterLoad(connection: DuckDBConnection, { name, afterLoad }: Pipeline, claim: string): Promise<void> {
  if (afterLoad.kind === 'keep') return
  // What a newer version has taken the place of is no longer there to be moved.
  await connection.run(
    `UPDATE tidemark.files SET after_load = NULL WHERE pipeline = $1 AND after_load = 'owed' AND claim IS DISTINCT FROM $2
       AND path IN (SELECT path FROM tidemark.files WHERE pipeline = $1 AND claim = $2)`,
    [name, claim],
  )
  await connection.run("UPDATE tidemark.files SET after_load = 'owed' WHERE pipeline = $1 AND claim = $2 AND status = 'loaded'", [
    name,
    claim,
  ])
}

/** Of newest versions: a newer one voids it, as does a file that is gone. What a person wants read again is left there until it was. */
export async function readDebts(connection: DuckDBConnection, pipeline: string): Promise<Debt[]> {
  const rows = await rowsOf(
    connection,
    `SELECT path, partition_key, sequence, fingerprint FROM tidemark.files
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
  }))
}

export async function payDebts(connection: DuckDBConnection, pipeline: string, paid: readonly PaidDebt[]): Promise<void> {
  await connection.run(
    `UPDATE tidemark.files SET after_load = 'done', moved_to = p.moved_to
     FROM (SELECT unnest(from_json($2::JSON, '[{"path":"VARCHAR","sequence":"INTEGER","moved_to":"VARCHAR"}]'), recursive := true)) p
     WHERE files.pipeline = $1 AND files.path = p.path AND files.sequence = p.sequence`,
    [pipeline, JSON.stringify(paid.map(({ path, sequence, movedTo }) => ({ path, sequence, moved_to: movedTo ?? null })))],
  )
}
