import type { DuckDBConnection } from '@duckdb/node-api'
import { CODE_VERSION } from '../../version.ts'
import type { OpenDecision } from '../decision.ts'
import type { FileStatus } from '../ledger.ts'
import type { Outcome, Publication } from '../publication.ts'
import { SAME_BYTES } from '../same-bytes.ts'
import { type AppendedColumns, append } from './append.ts'
import { carryDecided, closeDecisions, dropReplaced, type Entry } from './decisions.ts'
import { anyOf, rowsOf } from './sql.ts'
import { carryRejected, writeRejected } from './write-rejected.ts'

/** One entry for each outcome, after those of the same path. */
export async function writeLedger(
  connection: DuckDBConnection,
  publication: Publication,
  outcomes: readonly Outcome[],
  open: ReadonlyMap<string, OpenDecision>,
): Promise<void> {
  const { pipeline, claim } = publication
  const before = await readBefore(connection, pipeline.name, outcomes)
  const carriedOut: OpenDecision[] = []
  const replaced = ignoredBefore(outcomes, before)
  for (const { listed, decision, verdict } of outcomes) {
    const entry = decision && open.get(listed.path)
    if (entry === undefined) continue
    carriedOut.push(entry)
    // A version has one entry. A loaded one that is held now has two: its rows stay, and so does the entry that they belong to.
    if (verdict !== 'held' || entry.status !== 'loaded') replaced.set(listed.path, entry)
  }
  // One moment for all that changes in a transaction: the lineage of a partition is made of such moments.
  const at = new Date()
  const rows = outcomes.map((outcome) => {
    const { path } = outcome.listed
    return entryOf(publication, outcome, at, before.get(path) ?? NEW, replaced.get(path))
  })
  await append(connection, 'files', COLUMNS, rows)
  if (before.size > 0) {
    await carryRejected(connection, pipeline.name, claim, outcomes)
    await supersede(connection, publication, outcomes, at)
    if (replaced.size > 0) await carryDecided(connection, pipeline.name, claim, [...replaced.values()])
    await dropReplaced(connection, pipeline.name, claim, [...replaced.values()])
    await closeDecisions(connection, pipeline.name, carriedOut)
  }
  await writeRejected(connection, pipeline.name, claim, outcomes)
}

/** What the ledger has of a path. */
interface Before {
  readonly sequence: number
  readonly status: string
  /** `rowsOf`: the version whose load has written the rows. */
  readonly loaded: { readonly rows: number; readonly rejectedRows: number; readonly rowsOf: number } | undefined
}

const NEW: Before = { sequence: 0, status: '', loaded: undefined }

async function readBefore(
  connection: DuckDBConnection,
  pipeline: string,
  outcomes: readonly Outcome[],
): Promise<Map<string, Before>> {
  const paths = anyOf(
    outcomes.map(({ listed }) => listed.path),
    '$2',
  )
  const rows = await rowsOf(
    connection,
    `SELECT path, sequence, status, coalesce(rows, 0) AS rows, coalesce(rejected_rows, 0) AS rejected_rows,
       coalesce(rows_of, sequence) AS rows_of
     FROM tidemark.files WHERE pipeline = $1 AND path ${paths.is}`,
    pipeline,
    paths.value,
  )
  const before = new Map<string, Before>()
  for (const row of rows) {
    const path = String(row.path)
    const others = before.get(path) ?? NEW
    const sequence = Number(row.sequence)
    const newest = sequence > others.sequence ? { sequence, status: String(row.status) } : others
    const loaded =
      row.status === 'loaded'
        ? { rows: Number(row.rows), rejectedRows: Number(row.rejected_rows), rowsOf: Number(row.rows_of) }
        : others.loaded
    before.set(path, { sequence: newest.sequence, status: newest.status, loaded })
  }
  return before
}

/** Entries of versions that were left out at first, and that somebody has asked for. */
function ignoredBefore(outcomes: readonly Outcome[], before: ReadonlyMap<string, Before>): Map<string, Entry> {
  const ignored = outcomes.flatMap((outcome) => {
    const { path } = outcome.listed
    const { status, sequence } = before.get(path) ?? NEW
    return outcome.ignoredBefore && status === 'ignored' ? [{ path, sequence }] : []
  })
  return new Map(ignored.map((entry) => [entry.path, entry]))
}

async function supersede(
  connection: DuckDBConnection,
  { pipeline, claim }: Publication,
  outcomes: readonly Outcome[],
  at: Date,
): Promise<void> {
  const replacing = outcomes.filter(({ verdict }) => verdict !== 'held')
  const paths = anyOf(
    replacing.map(({ listed }) => listed.path),
    '$3',
  )
  await connection.run(
    `UPDATE tidemark.files SET status = 'superseded', ended_at = make_timestamptz($4::BIGINT * 1000)
     WHERE pipeline = $1 AND status = 'loaded' AND claim IS DISTINCT FROM $2 AND path ${paths.is}`,
    [pipeline.name, claim, paths.value, at.getTime()],
  )
}

/** The table's, in its order. */
const COLUMNS = [
  ['pipeline', 'VARCHAR'],
  ['path', 'VARCHAR'],
  ['sequence', 'INTEGER'],
  ['fingerprint', 'VARCHAR'],
  ['size', 'BIGINT'],
  ['modified_at', 'TIMESTAMPTZ'],
  ['partition_key', 'VARCHAR'],
  ['status', 'VARCHAR'],
  ['rows', 'BIGINT'],
  ['rejected_rows', 'BIGINT'],
  ['content_hash', 'VARCHAR'],
  ['error', 'VARCHAR'],
  ['checks', 'VARCHAR'],
  ['decision', 'VARCHAR'],
  ['reason', 'VARCHAR'],
  ['decided_at', 'TIMESTAMPTZ'],
  ['gone_at', 'TIMESTAMPTZ'],
  ['claim', 'VARCHAR'],
  ['workflow_id', 'VARCHAR'],
  ['run_id', 'VARCHAR'],
  ['code_version', 'VARCHAR'],
  ['first_seen_at', 'TIMESTAMPTZ'],
  ['settled_at', 'TIMESTAMPTZ'],
  ['loaded_at', 'TIMESTAMPTZ'],
  ['decided_by', 'VARCHAR'],
  ['carried_out_at', 'TIMESTAMPTZ'],
  ['after_load', 'VARCHAR'],
  ['moved_to', 'VARCHAR'],
  ['rows_of', 'INTEGER'],
  ['ended_at', 'TIMESTAMPTZ'],
] as const satisfies AppendedColumns

function entryOf({ pipeline, claim, run }: Publication, outcome: Outcome, at: Date, before: Before, replaced: Entry | undefined) {
  const { listed, key } = outcome
  const status = statusOf(outcome)
  return {
    pipeline: pipeline.name,
    path: listed.path,
    sequence: replaced?.sequence ?? before.sequence + 1,
    fingerprint: listed.fingerprint,
    size: listed.size,
    modified_at: listed.modifiedAt,
    partition_key: key,
    status,
    rows: outcome.verdict === 'good' ? outcome.rows : status === 'loaded' ? (before.loaded?.rows ?? null) : null,
    rejected_rows: rejectedRowsOf(outcome) ?? before.loaded?.rejectedRows ?? 0,
    content_hash: outcome.contentHash ?? null,
    error: errorOf(outcome),
    checks: JSON.stringify(outcome.checks),
    decision: null,
    reason: null,
    decided_at: null,
    gone_at: null,
    claim,
    workflow_id: run.workflowId,
    run_id: run.runId,
    code_version: CODE_VERSION,
    first_seen_at: outcome.firstSeenAt,
    settled_at: outcome.settledAt,
    loaded_at: status === 'loaded' ? at : null,
    decided_by: null,
    carried_out_at: null,
    after_load: null,
    moved_to: null,
    rows_of: outcome.verdict === 'same' ? (before.loaded?.rowsOf ?? null) : null,
    ended_at: null,
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
