import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'
import type { Lineage } from '../lineage.ts'
import { textOrNull } from './ledger-queries.ts'
import { rowsOf } from './sql.ts'

const PATHS = z.array(z.string())

/** Of one partition. */
export async function readLineage(connection: DuckDBConnection, pipeline: string, key: string): Promise<Lineage> {
  const files = await rowsOf(
    connection,
    `SELECT * REPLACE (${timeText('loaded_at')}) FROM tidemark.lineage WHERE pipeline = $1 AND partition_key = $2 ORDER BY path`,
    pipeline,
    key,
  )
  const versions = await rowsOf(
    connection,
    `SELECT * REPLACE (${timeText('changed_at')}, to_json(loaded) AS loaded, to_json(removed) AS removed)
     FROM tidemark.versions WHERE pipeline = $1 AND partition_key = $2 ORDER BY version`,
    pipeline,
    key,
  )
  return {
    files: files.map((row) => ({
      path: String(row.path),
      version: Number(row.version),
      rows: Number(row.rows),
      rows_of_version: Number(row.rows_of_version),
      loaded_at: String(row.loaded_at),
      workflow_id: textOrNull(row.workflow_id),
      run_id: textOrNull(row.run_id),
      code_version: textOrNull(row.code_version),
      fingerprint: String(row.fingerprint),
      content_hash: textOrNull(row.content_hash),
    })),
    versions: versions.map((row) => ({
      version: Number(row.version),
      changed_at: String(row.changed_at),
      files: Number(row.files),
      rows: Number(row.rows),
      loaded: PATHS.parse(JSON.parse(String(row.loaded))),
      removed: PATHS.parse(JSON.parse(String(row.removed))),
      workflow_id: textOrNull(row.workflow_id),
      run_id: textOrNull(row.run_id),
      code_version: textOrNull(row.code_version),
    })),
  }
}

function timeText(column: string): string {
  return `strftime(timezone('UTC', ${column}), '%Y-%m-%dT%H:%M:%S.%gZ') AS ${column}`
}
