import type { DuckDBConnection } from '@duckdb/node-api'
import type { Backoff, ClaimRequest, Holder, Standing } from '../claim.ts'
import { type AppendedColumns, append } from './append.ts'
import { carryOutRemovals } from './decisions.ts'
import { anyOf, rowsOf, run, textList } from './sql.ts'

const FIRST_BACKOFF_S = 10
const LONGEST_BACKOFF_S = 600

export async function writeClaims(connection: DuckDBConnection, request: ClaimRequest) {
  const { claim, run, over, keys } = request
  const pipeline = request.pipeline.name
  const before = await rowsBefore(connection, pipeline, keys)
  const refused = [...before.values()].flatMap(({ holder }) =>
    holder === undefined || holder.claim === claim || over === 'any' || over.has(holder.claim) ? [] : [holder],
  )
  const taken = new Set(refused.map(({ key }) => key))
  const claimed = keys.filter((key) => !taken.has(key))
  const known = claimed.filter((key) => before.has(key))
  if (known.length > 0)
    await connection.run(
      `UPDATE tidemark.claims SET deaths = deaths + (claim IS NOT NULL AND claim <> $3)::INTEGER, claim = $3, workflow_id = $4, run_id = $5
       WHERE pipeline = $1 AND partition_key IN ${textList('$2')}`,
      [pipeline, JSON.stringify(known), claim, run.workflowId, run.runId],
    )
  if (known.length < claimed.length)
    await append(
      connection,
      'claims',
      COLUMNS,
      claimed.filter((key) => !before.has(key)).map((key) => newClaim(key, request)),
    )
  await carryOutRemovals(connection, request.pipeline, claimed)
  const deaths = known.map((key) => [key, deathsNow(before.get(key), claim)] as const)
  return { claimed, refused, deaths: new Map(deaths.filter(([, count]) => count > 0)) }
}

/** The table's, in its order. */
const COLUMNS = [
  ['pipeline', 'VARCHAR'],
  ['partition_key', 'VARCHAR'],
  ['claim', 'VARCHAR'],
  ['workflow_id', 'VARCHAR'],
  ['run_id', 'VARCHAR'],
  ['deaths', 'INTEGER'],
  ['tries', 'INTEGER'],
  ['error', 'VARCHAR'],
  ['not_before', 'TIMESTAMPTZ'],
] as const satisfies AppendedColumns

function newClaim(key: string, { pipeline, claim, run }: ClaimRequest) {
  return {
    pipeline: pipeline.name,
    partition_key: key,
    claim,
    workflow_id: run.workflowId,
    run_id: run.runId,
    deaths: 0,
    tries: 0,
    error: null,
    not_before: null,
  }
}

interface Before {
  readonly deaths: number
  readonly holder: Holder | undefined
}

/** A mark that another load has left is one that died. */
function deathsNow(before: Before | undefined, claim: string): number {
  if (before === undefined) return 0
  return before.deaths + (before.holder !== undefined && before.holder.claim !== claim ? 1 : 0)
}

async function rowsBefore(connection: DuckDBConnection, pipeline: string, keys: readonly string[]): Promise<Map<string, Before>> {
  const wanted = anyOf(keys, '$2')
  const rows = await rowsOf(
    connection,
    `SELECT partition_key, claim, workflow_id, run_id, deaths FROM tidemark.claims
     WHERE pipeline = $1 AND partition_key ${wanted.is}`,
    pipeline,
    wanted.value,
  )
  return new Map(
    rows.map((row) => {
      const holder = { key: String(row.partition_key), claim: String(row.claim), workflowId: String(row.workflow_id) }
      const mark = row.claim === null ? undefined : { ...holder, runId: String(row.run_id) }
      return [holder.key, { deaths: Number(row.deaths), holder: mark }]
    }),
  )
}

/** Which of these partitions still carry the mark. */
export async function ownKeys(
  connection: DuckDBConnection,
  pipeline: string,
  claim: string,
  keys: readonly string[],
): Promise<string[]> {
  const claimed = await rowsOf(
    connection,
    'SELECT partition_key AS key FROM tidemark.claims WHERE pipeline = $1 AND claim = $2',
    pipeline,
    claim,
  )
  const own = new Set(claimed.map(({ key }) => String(key)))
  return keys.filter((key) => own.has(key))
}

/** Of these partitions. */
export async function endClaims(
  connection: DuckDBConnection,
  pipeline: string,
  claim: string,
  keys: readonly string[],
  { postponed, unfinished }: { readonly postponed: ReadonlyMap<string, string>; readonly unfinished: readonly string[] },
) {
  for (const [key, error] of postponed) {
    await connection.run(
      `UPDATE tidemark.claims SET claim = NULL, deaths = 0, tries = tries + 1, error = $4,
         not_before = now() + to_seconds(least(${LONGEST_BACKOFF_S}, ${FIRST_BACKOFF_S} * 2 ** least(tries, 16)))
       WHERE pipeline = $1 AND claim = $2 AND partition_key = $3`,
      [pipeline, claim, key, error],
    )
  }
  if (unfinished.length > 0)
    await connection.run(
      `UPDATE tidemark.claims SET claim = NULL, deaths = 0
       WHERE pipeline = $1 AND claim = $2 AND tries > 0 AND partition_key IN ${textList('$3')}`,
      [pipeline, claim, JSON.stringify(unfinished)],
    )
  const ended = anyOf(keys, '$3')
  const sql = `DELETE FROM tidemark.claims WHERE pipeline = $1 AND claim = $2 AND partition_key ${ended.is}`
  await run(connection, sql, pipeline, claim, ended.value)
}

/** Ends a claim whose load came to nothing; what was written beside it stays. */
export async function dropClaim(connection: DuckDBConnection, pipeline: string, claim: string): Promise<void> {
  await connection.run('UPDATE tidemark.claims SET claim = NULL, deaths = 0 WHERE pipeline = $1 AND claim = $2', [
    pipeline,
    claim,
  ])
  await connection.run('DELETE FROM tidemark.claims WHERE pipeline = $1 AND claim IS NULL AND tries = 0', [pipeline])
}

export async function standingClaims(connection: DuckDBConnection): Promise<Standing[]> {
  const rows = await rowsOf(
    connection,
    'SELECT DISTINCT pipeline, claim, workflow_id, run_id FROM tidemark.claims WHERE claim IS NOT NULL',
  )
  return rows.map((row) => ({
    pipeline: String(row.pipeline),
    claim: String(row.claim),
    workflowId: String(row.workflow_id),
    runId: String(row.run_id),
  }))
}

/** A time that is further away than any backoff was written before the clock was set back: it has come. */
export async function readBackoffs(connection: DuckDBConnection, pipeline: string): Promise<Backoff[]> {
  const rows = await rowsOf(
    connection,
    `SELECT partition_key AS key, tries, error,
       epoch_ms(CASE WHEN not_before > now() + INTERVAL ${LONGEST_BACKOFF_S} SECONDS THEN now() ELSE not_before END) AS not_before
     FROM tidemark.claims WHERE pipeline = $1 AND not_before IS NOT NULL ORDER BY partition_key`,
    pipeline,
  )
  return rows.map((row) => ({
    key: String(row.key),
    tries: Number(row.tries),
    error: String(row.error),
    notBefore: new Date(Number(row.not_before)),
  }))
}
