import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'
import type { CheckResult } from '../../checks/check.ts'
import type { Rejected } from '../../staging/staged.ts'
import type { Decision } from '../decision.ts'
import type { FileStatus, Known, LedgerEntry } from '../ledger.ts'
import type { FilesQuery, PipelineCounts, Row } from '../warehouse.ts'
import { anyOf, rowsOf } from './sql.ts'

/** The rows as they are: to group them in SQL takes longer to be planned than to be done. */
export async function readKnown(
  connection: DuckDBConnection,
  pipeline: string,
  paths: readonly string[],
): Promise<Map<string, Known>> {
  const wanted = anyOf(paths, '$2')
  const rows = await rowsOf(
    connection,
    `SELECT path, sequence, status, partition_key, coalesce(rows, 0) AS rows, error, content_hash,
       CASE WHEN gone_at IS NULL AND after_load IS DISTINCT FROM 'done' THEN fingerprint ELSE '' END AS fingerprint,
       CASE WHEN carried_out_at IS NULL THEN decision END AS decision
     FROM tidemark.files WHERE pipeline = $1 AND path ${wanted.is}`,
    pipeline,
    wanted.value,
  )
  const newest = new Map<string, Row>()
  const loaded = new Map<string, Row>()
  for (const row of rows) {
    const path = String(row.path)
    if (Number(row.sequence) > Number(newest.get(path)?.sequence ?? 0)) newest.set(path, row)
    if (row.status === 'loaded') loaded.set(path, row)
  }
  return new Map([...newest].map(([path, row]) => [path, toKnown(row, loaded.get(path))]))
}

function toKnown(row: Row, loaded: Row | undefined): Known {
  return {
    sequence: Number(row.sequence),
    fingerprint: String(row.fingerprint),
    status: STATUS.parse(row.status),
    partitionKey: String(row.partition_key),
    rows: Number(row.rows),
    error: textOrNull(row.error),
    loadedHash: textOrNull(loaded?.content_hash) ?? undefined,
    loadedKey: textOrNull(loaded?.partition_key) ?? undefined,
    loadedRows: Number(loaded?.rows ?? 0),
    decision: row.decision === null ? undefined : DECISION.parse(row.decision),
  }
}

export async function readFiles(connection: DuckDBConnection, pipeline: string, query: FilesQuery): Promise<LedgerEntry[]> {
  const newest = query.versions ? '' : 'QUALIFY row_number() OVER (PARTITION BY path ORDER BY sequence DESC) = 1'
  const rows = await rowsOf(
    connection,
    `SELECT ${ENTRY_COLUMNS} FROM tidemark.files WHERE pipeline = $1 AND ($2::VARCHAR IS NULL OR path = $2)
       AND ($3::VARCHAR IS NULL OR content_hash = $3)
       AND ($4::VARCHAR IS NULL OR path IN (SELECT path FROM tidemark.files WHERE pipeline = $1 AND partition_key = $4)) ${newest} ORDER BY path, sequence`,
    pipeline,
    query.path ?? null,
    query.contentHash ?? null,
    query.key ?? null,
  )
  return rows.map(toEntry).filter(({ partition_key }) => query.key === undefined || partition_key === query.key)
}

const TIMES = ['modified_at', 'decided_at', 'carried_out_at', 'gone_at', 'first_seen_at', 'settled_at', 'loaded_at']
/** What `toEntry` reads. */
export const ENTRY_COLUMNS = `* REPLACE (${TIMES.map((column) => `strftime(timezone('UTC', ${column}), '%Y-%m-%dT%H:%M:%S.%gZ') AS ${column}`).join(', ')})`

export const DECISION = z.enum(['retry', 'release', 'remove'] satisfies Decision[])
export const STATUS = z.enum(['loaded', 'held', 'duplicate', 'ignored', 'superseded', 'removed'] satisfies FileStatus[])
const AFTER_LOAD = z.enum(['owed', 'done']).nullable()
const CHECKS = z.array(
  z.object({
    check: z.string(),
    blocking: z.boolean(),
    passed: z.boolean(),
    failed: z.number(),
    sample: z.array(z.record(z.string(), z.unknown())),
  }) satisfies z.ZodType<CheckResult>,
)

export function toEntry(row: Row): LedgerEntry {
  return {
    pipeline: String(row.pipeline),
    path: String(row.path),
    sequence: Number(row.sequence),
    fingerprint: String(row.fingerprint),
    size: Number(row.size),
    modified_at: textOrNull(row.modified_at),
    partition_key: String(row.partition_key),
    status: STATUS.parse(row.status),
    rows: numberOrNull(row.rows),
    rejected_rows: numberOrNull(row.rejected_rows),
    content_hash: textOrNull(row.content_hash),
    error: textOrNull(row.error),
    checks: CHECKS.parse(JSON.parse(String(row.checks))),
    decision: textOrNull(row.decision),
    reason: textOrNull(row.reason),
    decided_at: textOrNull(row.decided_at),
    gone_at: textOrNull(row.gone_at),
    claim: textOrNull(row.claim),
    workflow_id: textOrNull(row.workflow_id),
    run_id: textOrNull(row.run_id),
    code_version: textOrNull(row.code_version),
    first_seen_at: textOrNull(row.first_seen_at),
    settled_at: textOrNull(row.settled_at),
    loaded_at: textOrNull(row.loaded_at),
    decided_by: textOrNull(row.decided_by),
    carried_out_at: textOrNull(row.carried_out_at),
    after_load: AFTER_LOAD.parse(row.after_load),
    moved_to: textOrNull(row.moved_to),
  }
}

/** Which version is the newest is asked of those paths alone for which it matters. */
export async function readCounts(connection: DuckDBConnection, pipeline: string): Promise<PipelineCounts> {
  const [row] = await rowsOf(
    connection,
    `WITH loaded AS (SELECT count(*) AS loaded, coalesce(sum(rows), 0)::BIGINT AS rows FROM tidemark.files WHERE pipeline = $1 AND status = 'loaded'),
       newest AS (SELECT status, gone_at FROM tidemark.files
         WHERE pipeline = $1 AND path IN (SELECT path FROM tidemark.files WHERE pipeline = $1 AND status IN ('held', 'ignored'))
         QUALIFY sequence = max(sequence) OVER (PARTITION BY path))
     SELECT loaded, rows, (SELECT count(*) FROM newest WHERE status = 'held') AS held,
       (SELECT count(*) FROM newest WHERE status = 'ignored' AND gone_at IS NULL) AS ignored FROM loaded`,
    pipeline,
  )
  return {
    loaded: Number(row?.loaded),
    held: Number(row?.held),
    ignored: Number(row?.ignored),
    rows: Number(row?.rows),
  }
}

export async function readRejected(
  connection: DuckDBConnection,
  pipeline: string,
  path: string,
  sequence: number,
): Promise<Rejected[]> {
  const rows = await rowsOf(
    connection,
    `SELECT line, "column", error, text FROM tidemark.rejected_rows WHERE pipeline = $1 AND path = $2 AND sequence = $3 ORDER BY line`,
    pipeline,
    path,
    sequence,
  )
  return rows.map((row) => ({
    line: numberOrNull(row.line),
    column: textOrNull(row.column),
    error: String(row.error),
    text: String(row.text ?? ''),
  }))
}

export function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value)
}

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}
