import type { DuckDBConnection } from '@duckdb/node-api'
import { FILE_COLUMN } from '../../config/own-columns.ts'
import type { Pipeline } from '../../config/pipeline.ts'
import { type DecisionRequest, type OpenDecision, type RetryRequest, requireDecidable } from '../decision.ts'
import type { LedgerEntry } from '../ledger.ts'
import { retryOrphans } from './duplicates.ts'
import { DECISION, readFiles, STATUS } from './ledger-queries.ts'
import { OF_A_LOAD } from './lineage-migration.ts'
import { rowsOf, tableName, textList } from './sql.ts'
import { existingColumns } from './target-table.ts'

/** Which one of a pipeline's. */
export type Entry = Pick<OpenDecision, 'path' | 'sequence'>

/** Opens a decision on the newest version, unless this very request has been made before: then it may be carried out by now. */
export async function openDecision(
  connection: DuckDBConnection,
  pipeline: string,
  path: string,
  request: DecisionRequest,
): Promise<LedgerEntry> {
  const { decision, reason, by, at = new Date() } = request
  const versions = await readFiles(connection, pipeline, { path, versions: true })
  const before = versions.find((entry) => entry.decision === decision && entry.decided_at === at.toISOString())
  if (before !== undefined) return before
  const { sequence } = requireDecidable(path, versions, request)
  await connection.run(
    `UPDATE tidemark.files SET decision = $4, reason = $5, decided_by = $6, decided_at = make_timestamptz($7::BIGINT * 1000), carried_out_at = NULL,
       gone_at = CASE WHEN $4 = 'remove' THEN gone_at END -- to load it, it was looked for and is back
     WHERE pipeline = $1 AND path = $2 AND sequence = $3`,
    [pipeline, path, sequence, decision, reason, by, at.getTime()],
  )
  const [newest] = await readFiles(connection, pipeline, { path })
  if (newest === undefined) throw new Error('expected the entry that has just been written')
  return newest
}

/** One statement for all of them. What another person has decided meanwhile, and no load has carried out yet, stands. */
export async function openRetries(
  connection: DuckDBConnection,
  pipeline: string,
  paths: readonly string[],
  { reason, by, at }: RetryRequest,
): Promise<void> {
  if (paths.length === 0) return
  await connection.run(
    `UPDATE tidemark.files SET decision = 'retry', reason = $3, decided_by = $4, decided_at = make_timestamptz($5::BIGINT * 1000),
       carried_out_at = NULL, gone_at = NULL
     WHERE pipeline = $1 AND (decision IS NULL OR carried_out_at IS NOT NULL) AND (path, sequence) IN (
       SELECT path, max(sequence) FROM tidemark.files WHERE pipeline = $1 AND path IN ${textList('$2')} GROUP BY path
       HAVING NOT bool_or(coalesce(decision = 'retry' AND decided_at = make_timestamptz($5::BIGINT * 1000), false)))`,
    [pipeline, JSON.stringify(paths), reason, by, at.getTime()],
  )
}

/** Those of newest versions: a newer one voids a decision. */
export async function readOpenDecisions(connection: DuckDBConnection, pipeline: string): Promise<readonly OpenDecision[]> {
  const open = await rowsOf(
    connection,
    `SELECT path, partition_key, decision, sequence, fingerprint, status FROM tidemark.files
     WHERE pipeline = $1 AND decision IS NOT NULL AND carried_out_at IS NULL ORDER BY path`,
    pipeline,
  )
  if (open.length === 0) return [] // as nearly always: the ledger may be long
  const newest = await rowsOf(
    connection,
    `SELECT path, max(sequence) AS sequence FROM tidemark.files WHERE pipeline = $1 AND path IN ${textList('$2')} GROUP BY path`,
    pipeline,
    JSON.stringify(open.map(({ path }) => path)),
  )
  const last = new Map(newest.map(({ path, sequence }) => [path, sequence]))
  return open
    .filter(({ path, sequence }) => last.get(path) === sequence)
    .map((row) => ({
      path: String(row.path),
      key: String(row.partition_key),
      decision: DECISION.parse(row.decision),
      sequence: Number(row.sequence),
      fingerprint: String(row.fingerprint),
      status: STATUS.parse(row.status),
    }))
}

/** Carries out what was decided of partitions that a load has just claimed: no other load may publish there. */
export async function carryOutRemovals(
  connection: DuckDBConnection,
  pipeline: Pick<Pipeline, 'name' | 'table'>,
  keys: readonly string[],
): Promise<void> {
  const claimed = new Set(keys)
  const open = await readOpenDecisions(connection, pipeline.name)
  const removals = open.filter(({ decision, key }) => decision === 'remove' && claimed.has(key))
  if (removals.length === 0) return
  await removeRows(connection, pipeline, removals)
  await retryOrphans(connection, pipeline.name)
}

export async function removeRows(
  connection: DuckDBConnection,
  pipeline: Pick<Pipeline, 'name' | 'table'>,
  removals: readonly OpenDecision[],
): Promise<void> {
  await takeOut(
    connection,
    pipeline,
    removals.map(({ path }) => path),
  )
  await closeDecisions(connection, pipeline.name, removals)
}

/** The rows of these paths leave the table; the versions that they were of are `removed`. */
export async function takeOut(
  connection: DuckDBConnection,
  pipeline: Pick<Pipeline, 'name' | 'table'>,
  paths: readonly string[],
): Promise<void> {
  const list = JSON.stringify(paths)
  if ((await existingColumns(connection, pipeline)).size > 0)
    await connection.run(`DELETE FROM ${tableName(pipeline.table)} WHERE ${FILE_COLUMN} IN ${textList('$1')}`, [list])
  await connection.run(
    `UPDATE tidemark.files SET status = 'removed', ended_at = now() WHERE pipeline = $1 AND status = 'loaded' AND path IN ${textList('$2')}`,
    [pipeline.name, list],
  )
}

export async function closeDecisions(
  connection: DuckDBConnection,
  pipeline: string,
  carriedOut: readonly OpenDecision[],
): Promise<void> {
  if (carriedOut.length === 0) return
  await connection.run(
    `UPDATE tidemark.files SET carried_out_at = now() WHERE pipeline = $1 AND (path, sequence) IN ${entryList('$2')}`,
    [pipeline, JSON.stringify(carriedOut.map(entryOf))],
  )
}

/** Before that one goes: when the version was seen first, and what was decided of it, stays with it. */
export async function carryDecided(
  connection: DuckDBConnection,
  pipeline: string,
  claim: string,
  replaced: readonly Entry[],
): Promise<void> {
  await connection.run(
    `UPDATE tidemark.files AS now SET first_seen_at = coalesce(old.first_seen_at, now.first_seen_at), decision = old.decision,
       reason = old.reason, decided_at = old.decided_at, decided_by = old.decided_by
     FROM tidemark.files old
     WHERE now.pipeline = $1 AND now.claim = $3 AND old.pipeline = $1 AND old.path = now.path AND old.sequence = now.sequence
       AND old.claim IS DISTINCT FROM $3 AND (old.path, old.sequence) IN ${entryList('$2')}`,
    [pipeline, JSON.stringify(replaced.map(entryOf)), claim],
  )
}

/**
 * What has come of a decision stands in for the entry that it was made on; so does what a version has come to that was left out. Where rows
 * of it were in the table, that is kept for the lineage.
 */
export async function dropReplaced(
  connection: DuckDBConnection,
  pipeline: string,
  claim: string,
  replaced: readonly Entry[],
): Promise<void> {
  if (replaced.length === 0) return
  const entries = JSON.stringify(replaced.map(entryOf))
  const those = `pipeline = $1 AND claim IS DISTINCT FROM $3 AND (path, sequence) IN ${entryList('$2')}`
  await connection.run(
    `INSERT INTO tidemark.reloaded BY NAME SELECT ${OF_A_LOAD} FROM tidemark.files WHERE loaded_at IS NOT NULL AND ${those}`,
    [pipeline, entries, claim],
  )
  await connection.run(`DELETE FROM tidemark.files WHERE ${those}`, [pipeline, entries, claim])
  await connection.run(`DELETE FROM tidemark.rejected_rows WHERE pipeline = $1 AND (path, sequence) IN ${entryList('$2')}`, [
    pipeline,
    entries,
  ])
}

const entryOf = ({ path, sequence }: Entry): Entry => ({ path, sequence })

function entryList(parameter: string): string {
  return `(SELECT (path, sequence) FROM (SELECT unnest(from_json(${parameter}::JSON, '[{"path":"VARCHAR","sequence":"INTEGER"}]'), recursive := true)))`
}
