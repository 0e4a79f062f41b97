import type { DuckDBConnection } from '@duckdb/node-api'
import { literalPath, quotedText } from '../../sql-text.ts'
import { CODE_VERSION } from '../../version.ts'
import type { Beginning } from '../warehouse.ts'
import { rowsOf } from './sql.ts'

export async function hasBegun(connection: DuckDBConnection, pipeline: string): Promise<boolean> {
  return (await rowsOf(connection, 'SELECT 1 FROM tidemark.begun WHERE pipeline = $1', pipeline)).length > 0
}

/** Inside one transaction. Two that begin at once: the second finds that it has begun. */
export async function begin(connection: DuckDBConnection, { pipeline, leftOut, run }: Beginning): Promise<number> {
  if (await hasBegun(connection, pipeline)) return 0
  await connection.run('INSERT INTO tidemark.begun VALUES ($1, now())', [pipeline])
  if (leftOut === undefined) return 0
  const { rowsChanged } = await connection.run(
    `INSERT INTO tidemark.files (pipeline, path, sequence, fingerprint, size, modified_at, partition_key, status, error, workflow_id,
       run_id, code_version, first_seen_at)
     SELECT $1, path, 1, fingerprint, size, make_timestamptz(modified_at * 1000), partition_key, 'ignored', $2, $3, $4, $5, now()
     FROM read_json(${quotedText(literalPath(leftOut.file))}, format = 'newline_delimited', columns = ${COLUMNS},
       maximum_object_size = ${LONGEST_LINE})
     WHERE path NOT IN (SELECT path FROM tidemark.files WHERE pipeline = $1)
       AND partition_key NOT IN (SELECT partition_key FROM tidemark.claims WHERE pipeline = $1 AND claim IS NOT NULL)`,
    [pipeline, leftOut.reason, run.workflowId, run.runId, CODE_VERSION],
  )
  return rowsChanged
}

const COLUMNS = "{path: 'VARCHAR', fingerprint: 'VARCHAR', size: 'BIGINT', modified_at: 'BIGINT', partition_key: 'VARCHAR'}"
/** A path may have 4,096 bytes, and each of them be written with six. It is also how much is read at once. */
const LONGEST_LINE = 1024 * 1024
