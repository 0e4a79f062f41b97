import type { DuckDBConnection } from '@duckdb/node-api'
import type { Backoff, ClaimRequest, Holder, Standing } from '../warehouse.ts'
import { carryOutRemovals } from './decisions.ts'
import { rowsOf, textList } from './sql.ts'

const FIRST_BACKOFF_S = 10
const LONGEST_BACKOFF_S = 600

export async function writeClaims(connection: DuckDBConnection, request: ClaimRequest) {
  const { claim, run, over } = request
  const pipeline = request.pipeline.name
  const held = await claimsOf(connection, pipeline, request.keys)
  const refused = held.filter((holder) => holder.claim !== claim && over !== 'any' && !over.has(holder.claim))
  const taken = new Set(refused.map(({ key }) => key))
  const claimed = request.keys.filter((key) => !taken.has(key))
  const list = JSON.stringify(claimed)
  await connection.run(
    `INSERT INTO tidemark.claims (pipeline, partition_key)
     SELECT $1, k.key FROM (SELECT unnest(from_json($2::JSON, '["VARCHAR"]')) AS key) k
     WHERE k.key NOT IN (SELECT partition_key FROM tidemark.claims WHERE pipeline = $1)`,
    [pipeline, list],
  )
  await connection.run(
    `UPDATE tidemark.claims SET deaths = deaths + (claim IS NOT NULL AND claim <> $3)::INTEGER, claim = $3, workflow_id = $4, run_id = $5
     WHERE pipeline = $1 AND partition_key IN ${textList('$2')}`,
    [pipeline, list, claim, run.workflowId, run.runId],
  )
  await carryOutRemovals(connection, request.pipeline, claimed)
  return { claimed, refused, deaths: await deathsOf(connection, pipeline, list) }
}

async function deathsOf(connection: DuckDBConnection, pipeline: string, keys: string): Promise<Map<string, number>> {
  const rows = await rowsOf(
    connection,
    `SELECT partition_key AS key, deaths FROM tidemark.claims WHERE pipeline = $1 AND deaths > 0 AND partition_key IN ${textList('$2')}`,
    pipeline,
    keys,
  )
  return new Map(rows.map(({ key, deaths }) => [String(key), Number(deaths)]))
}

/** Which of these partitions still carry the mark. */
export async function ownKeys(
  connection: DuckDBConnection,
  pipeline: string,
  claim: string,
  keys: readonly string[],
): Promise<string[]> {
  const holders = await claimsOf(connection, pipeline, keys)
  return holders.filter((holder) => holder.claim === claim).map(({ key }) => key)
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
  await connection.run(
    `UPDATE tidemark.claims SET claim = NULL, deaths = 0
     WHERE pipeline = $1 AND claim = $2 AND tries > 0 AND partition_key IN ${textList('$3')}`,
    [pipeline, claim, JSON.stringify(unfinished)],
  )
  await connection.run(`DELETE FROM tidemark.claims WHERE pipeline = $1 AND claim = $2 AND partition_key IN ${textList('$3')}`, [
    pipeline,
    claim,
    JSON.stringify(keys),
  ])
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

async function claimsOf(connection: DuckDBConnection, pipeline: string, keys: readonly string[]): Promise<Holder[]> {
  const rows = await rowsOf(
    connection,
    `SELECT partition_key, claim, workflow_id, run_id FROM tidemark.claims
     WHERE pipeline = $1 AND claim IS NOT NULL AND partition_key IN ${textList('$2')}`,
    pipeline,
    JSON.stringify(keys),
  )
  return rows.map((row) => ({
    key: String(row.partition_key),
    claim: String(row.claim),
    workflowId: String(row.workflow_id),
    runId: String(row.run_id),
  }))
}
