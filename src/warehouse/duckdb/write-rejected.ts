import type { DuckDBConnection } from '@duckdb/node-api'
import type { Outcome } from '../publication.ts'
import { textList } from './sql.ts'

/** Of the same bytes: what the rows in the table were loaded without is told of the newest version. */
export async function carryRejected(
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

export async function writeRejected(
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
