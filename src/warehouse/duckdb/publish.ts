import type { DuckDBConnection } from '@duckdb/node-api'
import { FILE_COLUMN, INDEX_COLUMN, PARTITION_COLUMN, RESCUED_COLUMN } from '../../config/own-columns.ts'
import { TidemarkError } from '../../errors.ts'
import { literalPath, quotedName, quotedText } from '../../sql-text.ts'
import { CODE_VERSION } from '../../version.ts'
import type { OpenDecision } from '../decision.ts'
import type { FileStatus } from '../ledger.ts'
import { SAME_BYTES } from '../same-bytes.ts'
import type { Outcome, Publication, Published } from '../warehouse.ts'
import { oweAfterLoad } from './after-load.ts'
import { endClaims, ownKeys } from './claims.ts'
import { closeDecisions, dropReplaced, type Entry, readOpenDecisions, removeRows } from './decisions.ts'
import { judgeDuplicates, retryOrphans } from './duplicates.ts'
import { markGone } from './gone.ts'
import { rowsOf, tableName, textList } from './sql.ts'
import { ensureTable } from './target-table.ts'

type Good = Extract<Outcome, { verdict: 'good' }>

/** Inside one transaction: rows, ledger, rejected rows, the end of the claim. */
export async function publishAll(connection: DuckDBConnection, publication: Publication): Promise<Published> {
  const { pipeline, claim, postponed = new Map<string, string>(), unfinished = [] } = publication
  const own = new Set(await ownKeys(connection, pipeline.name, claim, publication.keys))
  const open = new Map((await readOpenDecisions(connection, pipeline.name)).map((decision) => [decision.path, decision]))
  const asked = stillAsked(publication.outcomes, open).filter(({ key }) => own.has(key))
  const outcomes = await judgeDuplicates(connection, pipeline, asked)
  await replaceRows(connection, publication, outcomes)
  await removeBeneathHeld(connection, publication, outcomes, open)
  if (outcomes.length > 0) {
    await writeLedger(connection, publication, outcomes, open)
    await oweAfterLoad(
      connection,
      pipeline,
      claim,
      outcomes.map(({ listed }) => listed.path),
    )
  }
  const absent = (publication.gone ?? []).filter(({ key }) => own.has(key))
  const gone = await markGone(connection, pipeline, absent)
  await retryOrphans(connection, pipeline.name)
  await endClaims(connection, pipeline.name, claim, publication.keys, { postponed, unfinished })
  return { keys: [...own], outcomes, gone, refused: new Map() }
}

/** What was staged for a decision that another one or a newer version has voided meanwhile is left out. */
function stillAsked(outcomes: readonly Outcome[], open: ReadonlyMap<string, OpenDecision>): Outcome[] {
  return outcomes.filter(({ listed, decision }) => {
    const asked = open.get(listed.path)
    return decision === undefined || (asked?.decision === decision && asked.fingerprint === listed.fingerprint)
  })
}

/** A version that is held leaves the rows of the one before, which a person may want out since its load began. */
async function removeBeneathHeld(
  connection: DuckDBConnection,
  { pipeline }: Publication,
  outcomes: readonly Outcome[],
  open: ReadonlyMap<string, OpenDecision>,
): Promise<void> {
  const held = outcomes.filter(({ verdict }) => verdict === 'held').flatMap(({ listed }) => open.get(listed.path) ?? [])
  const removals = held.filter(({ decision }) => decision === 'remove')
  if (removals.length > 0) await removeRows(connection, pipeline, removals)
}

async function replaceRows(connection: DuckDBConnection, { pipeline }: Publication, outcomes: readonly Outcome[]): Promise<void> {
  const replacing = outcomes.filter(({ verdict }) => verdict === 'good' || verdict === 'duplicate')
  if (replacing.length === 0) return
  const names = await ensureTable(
    connection,
    pipeline,
    outcomes.flatMap((outcome) => (outcome.verdict === 'good' ? (outcome.added ?? []) : [])),
  )
  const table = tableName(pipeline.table)
  await connection.run(`DELETE FROM ${table} WHERE ${FILE_COLUMN} IN ${textList('$1')}`, [
    JSON.stringify(replacing.map(({ listed }) => listed.path)),
  ])
  const staged = outcomes.filter((outcome): outcome is Good => outcome.verdict === 'good' && outcome.rows > 0)
  if (staged.length === 0) return
  const columns = [...Object.keys(pipeline.columns), ...(pipeline.onSchemaChange === 'rescue' ? [RESCUED_COLUMN] : [])].map(
    (name) => ({ ours: quotedName(name), theirs: quotedName(name) }),
  )
  for (const name of new Set(staged.flatMap(({ added = [] }) => added).map((name) => name.toLowerCase())))
    columns.push({ ours: quotedName(names.get(name) ?? name), theirs: quotedName(name) })
  // As one parameter: the same as a list of values takes four times as long to be understood.
  const origins = staged.map(({ rowsFile, rowsIndex, key, listed }) => ({
    staged_as: rowsFile,
    key,
    path: listed.path,
    index: rowsIndex ?? null,
  }))
  const files = [...new Set(staged.map(({ rowsFile }) => rowsFile))]
  const index = staged.some(({ rowsIndex }) => rowsIndex !== undefined) ? `staged.${INDEX_COLUMN}` : 'NULL'
  const { rowsChanged } = await connection.run(
    `INSERT INTO ${table} (${columns.map(({ ours }) => ours).join(', ')}, ${PARTITION_COLUMN}, ${FILE_COLUMN})
     SELECT ${columns.map(({ theirs }) => `staged.${theirs}`).join(', ')}, origin.key, origin.path
     FROM read_parquet([${files.map((file) => quotedText(literalPath(file))).join(', ')}], union_by_name = true, filename = '_tidemark_staged') staged
     JOIN (SELECT unnest(from_json($1::JSON, '[${ORIGIN}]'), recursive := true)) origin
       ON staged._tidemark_staged = origin.staged_as AND ${index} IS NOT DISTINCT FROM origin.index`,
    [JSON.stringify(origins)],
  )
  const counted = staged.reduce((sum, { rows }) => sum + rows, 0)
  // A name that DuckDB gives back in another way than it was given would lose its rows in the join.
  if (rowsChanged !== counted) {
    throw new TidemarkError(
      'WarehouseFailed',
      `${counted} rows were staged for ${pipeline.name}, but ${rowsChanged} came; nothing is loaded`,
    )
  }
}

async function writeLedger(
  connection: DuckDBConnection,
  { pipeline, claim, run }: Publication,
  outcomes: readonly Outcome[],
  open: ReadonlyMap<string, OpenDecision>,
): Promise<void> {
  const carriedOut: OpenDecision[] = []
  const replaced = new Map<string, Entry>(await ignoredBefore(connection, pipeline.name, outcomes))
  for (const { listed, decision, verdict } of outcomes) {
    const entry = decision && open.get(listed.path)
    if (entry === undefined) continue
    carriedOut.push(entry)
    // A version has one entry. A loaded one that is held now has two: its rows stay, and so does the entry that they belong to.
    if (verdict !== 'held' || entry.status !== 'loaded') replaced.set(listed.path, entry)
  }
  const written = JSON.stringify(
    outcomes.map((outcome) => ({ ...ledgerRow(outcome), replaces: replaced.get(outcome.listed.path)?.sequence ?? null })),
  )
  await connection.run(
    `INSERT INTO tidemark.files (pipeline, path, sequence, fingerprint, size, modified_at, partition_key, status, rows, rejected_rows,
       content_hash, error, checks, claim, workflow_id, run_id, code_version, first_seen_at, settled_at, loaded_at,
       decision, reason, decided_at, decided_by, rows_of)
     WITH written AS (SELECT unnest(from_json($2::JSON, '[${LEDGER_ROW}]'), recursive := true)),
       before AS (
         SELECT path, max(sequence) AS sequence, max(rows) FILTER (status = 'loaded') AS loaded_rows,
           max(rejected_rows) FILTER (status = 'loaded') AS loaded_without,
           max(coalesce(rows_of, sequence)) FILTER (status = 'loaded') AS rows_of
         FROM tidemark.files WHERE pipeline = $1 AND path IN (SELECT path FROM written) GROUP BY path)
     SELECT $1, w.path, coalesce(w.replaces, before.sequence + 1, 1), w.fingerprint, w.size, make_timestamptz(w.modified_at * 1000),
       w.partition_key, w.status, coalesce(w.rows, CASE WHEN w.status = 'loaded' THEN before.loaded_rows END),
       coalesce(w.rejected_rows, before.loaded_without, 0), w.content_hash, w.error, w.checks, $3, $4, $5, $6,
       coalesce(old.first_seen_at, make_timestamptz(w.first_seen_at * 1000)), make_timestamptz(w.settled_at * 1000),
       CASE WHEN w.status = 'loaded' THEN now() END, old.decision, old.reason, old.decided_at, old.decided_by,
       CASE WHEN w.same THEN before.rows_of END
     FROM written w LEFT JOIN before USING (path)
     LEFT JOIN tidemark.files old ON old.pipeline = $1 AND old.path = w.path AND old.sequence = w.replaces`,
    [pipeline.name, written, claim, run.workflowId, run.runId, CODE_VERSION],
  )
  await carryRejected(connection, pipeline.name, claim, outcomes)
  await connection.run(
    `UPDATE tidemark.files SET status = 'superseded', ended_at = now()
     WHERE pipeline = $1 AND status = 'loaded' AND claim IS DISTINCT FROM $2 AND path IN ${textList('$3')}`,
    [pipeline.name, claim, JSON.stringify(outcomes.filter(({ verdict }) => verdict !== 'held').map(({ listed }) => listed.path))],
  )
  await dropReplaced(connection, pipeline.name, claim, [...replaced.values()])
  await closeDecisions(connection, pipeline.name, carriedOut)
  await writeRejected(connection, pipeline.name, claim, outcomes)
}

/** Entries of versions that were left out at first, and that somebody has asked for. */
async function ignoredBefore(
  connection: DuckDBConnection,
  pipeline: string,
  outcomes: readonly Outcome[],
): Promise<readonly (readonly [path: string, entry: Entry])[]> {
  const paths = outcomes.filter(({ ignoredBefore }) => ignoredBefore).map(({ listed }) => listed.path)
  if (paths.length === 0) return []
  const rows = await rowsOf(
    connection,
    `SELECT path, max(sequence) AS sequence FROM tidemark.files WHERE pipeline = $1 AND path IN ${textList('$2')}
     GROUP BY path HAVING arg_max(status, sequence) = 'ignored'`,
    pipeline,
    JSON.stringify(paths),
  )
  return rows.map(({ path, sequence }) => [String(path), { path: String(path), sequence: Number(sequence) }])
}

/** Of the same bytes: what the rows in the table were loaded without is told of the newest version. */
async function carryRejected(
  connection: DuckDBConnection,
  pipeline: string,
  claim: string,
  outcomes: readonly Outcome[],
): Promise<void> {
  const same = outcomes.filter(({ verdict }) => verdict === 'same').map(({ listed }) => listed.path)
  if (same.length === 0) return
  await connection.run(
    `UPDATE tidemark.rejected_rows AS r SET sequence = now.sequence
     FROM tidemark.files now JOIN tidemark.files before USING (pipeline, path)
     WHERE now.pipeline = $1 AND now.path IN ${textList('$3')} AND now.claim = $2
       AND before.status = 'loaded' AND before.claim IS DISTINCT FROM $2
       AND r.pipeline = $1 AND r.path = before.path AND r.sequence = before.sequence`,
    [pipeline, claim, JSON.stringify(same)],
  )
}

async function writeRejected(
  connection: DuckDBConnection,
  pipeline: string,
  claim: string,
  outcomes: readonly Outcome[],
): Promise<void> {
  const rejected = outcomes.flatMap((outcome) =>
    outcome.verdict === 'same' || outcome.verdict === 'duplicate'
      ? []
      : (outcome.rejected ?? []).map((row) => ({ path: outcome.listed.path, ...row })),
  )
  if (rejected.length === 0) return
  await connection.run(
    `INSERT INTO tidemark.rejected_rows (pipeline, path, sequence, line, "column", error, text)
     SELECT $1, r.path, f.sequence, r.line, r."column", r.error, r.text
     FROM (SELECT unnest(from_json($2::JSON, '[{"path":"VARCHAR","line":"BIGINT","column":"VARCHAR","error":"VARCHAR","text":"VARCHAR"}]'),
       recursive := true)) r
     JOIN tidemark.files f ON f.pipeline = $1 AND f.path = r.path AND f.claim = $3`,
    [pipeline, JSON.stringify(rejected), claim],
  )
}

const ORIGIN = '{"staged_as":"VARCHAR","key":"VARCHAR","path":"VARCHAR","index":"INTEGER"}'

const LEDGER_ROW =
  '{"path":"VARCHAR","fingerprint":"VARCHAR","size":"BIGINT","modified_at":"BIGINT","partition_key":"VARCHAR","status":"VARCHAR",' +
  '"rows":"BIGINT","rejected_rows":"BIGINT","content_hash":"VARCHAR","error":"VARCHAR","checks":"VARCHAR",' +
  '"first_seen_at":"BIGINT","settled_at":"BIGINT","same":"BOOLEAN","replaces":"INTEGER"}'

function ledgerRow(outcome: Outcome) {
  const { listed, key } = outcome
  return {
    path: listed.path,
    fingerprint: listed.fingerprint,
    size: listed.size,
    modified_at: listed.modifiedAt.getTime(),
    partition_key: key,
    status: statusOf(outcome),
    rows: outcome.verdict === 'good' ? outcome.rows : null,
    rejected_rows: rejectedRowsOf(outcome),
    content_hash: outcome.contentHash ?? null,
    error: errorOf(outcome),
    checks: JSON.stringify(outcome.checks),
    first_seen_at: outcome.firstSeenAt.getTime(),
    settled_at: outcome.settledAt.getTime(),
    same: outcome.verdict === 'same',
  }
}

function statusOf({ verdict }: Outcome): FileStatus {
  return verdict === 'held' || verdict === 'duplicate' ? verdict : 'loaded'
}

function errorOf(outcome: Outcome): string | null {
  if (outcome.verdict === 'held') return outcome.reason
  return outcome.verdict === 'duplicate' ? `${SAME_BYTES}${outcome.duplicateOf}` : null
}

function rejectedRowsOf(outcome: Outcome): number | null {
  if (outcome.verdict === 'same') return null
  return outcome.verdict === 'duplicate' ? 0 : (outcome.rejectedCount ?? outcome.rejected?.length ?? 0)
}
