import type { DuckDBConnection } from '@duckdb/node-api'
import type { Pipeline } from '../../config/pipeline.ts'
import type { Outcome } from '../publication.ts'
import { SAME_BYTES } from '../same-bytes.ts'
import { anyOf, rowsOf } from './sql.ts'

/**
 * What becomes of files whose bytes are loaded under another path, by `onDuplicate`. Also among the files of this transaction: the first
 * in the order of the paths is the original. Files without rows are alike, and none is a copy.
 */
export async function judgeDuplicates(
  connection: DuckDBConnection,
  pipeline: Pipeline,
  outcomes: readonly Outcome[],
): Promise<readonly Outcome[]> {
  const hashes = new Set(outcomes.flatMap((outcome) => hashOf(outcome) ?? []))
  if (hashes.size === 0) return outcomes
  const originals = await loadedWith(connection, pipeline.name, [...hashes])
  // Of the others, what is held or has the same bytes, the rows in the table stay.
  const replacing = outcomes.filter(({ verdict }) => verdict === 'good')
  const hashNow = new Map(replacing.map((outcome) => [outcome.listed.path, hashOf(outcome)]))
  const own = (path: string, hash: string) => originals.get(hash)?.includes(path) === true
  // A version that this transaction replaces by other bytes is nobody's original.
  const staying = (hash: string) => originals.get(hash)?.filter((path) => !hashNow.has(path) || hashNow.get(path) === hash) ?? []
  const originalOf = new Map(
    [...hashes].flatMap((hash) =>
      staying(hash)
        .slice(0, 1)
        .map((path) => [hash, path] as const),
    ),
  )
  const judged = new Map<string, Outcome>()
  for (const outcome of [...outcomes].sort(byPath)) {
    const { path } = outcome.listed
    const hash = hashOf(outcome)
    if (hash === undefined) continue
    const original = own(path, hash) ? undefined : originalOf.get(hash)
    if (original !== undefined && original !== path) judged.set(path, judge(pipeline, outcome, original))
    else originalOf.set(hash, path)
  }
  return outcomes.map((outcome) => judged.get(outcome.listed.path) ?? outcome)
}

/**
 * Where the bytes of a skipped copy are loaded under no path any more, the next look loads it: a rename, seen as a copy and then as a
 * file that is gone, loses no row. A copy that is gone itself is loaded in any case, should it come back.
 */
export async function retryOrphans(connection: DuckDBConnection, pipeline: string): Promise<void> {
  const copies = await rowsOf(
    connection,
    "SELECT 1 FROM tidemark.files WHERE pipeline = $1 AND status = 'duplicate' LIMIT 1",
    pipeline,
  )
  if (copies.length === 0) return // as nearly always: the ledger may be long
  await connection.run(
    `UPDATE tidemark.files SET decision = 'retry', reason = substr(error, ${SAME_BYTES.length + 1}) || ' is no longer loaded',
       decided_by = 'tidemark', decided_at = now(), carried_out_at = NULL
     WHERE pipeline = $1 AND status = 'duplicate' AND gone_at IS NULL AND (decision IS NULL OR carried_out_at IS NOT NULL)
       AND content_hash NOT IN (SELECT content_hash FROM tidemark.files
         WHERE pipeline = $1 AND status = 'loaded' AND rows > 0 AND content_hash IS NOT NULL)
       AND sequence = (SELECT max(newest.sequence) FROM tidemark.files newest WHERE newest.pipeline = $1 AND newest.path = files.path)`,
    [pipeline],
  )
}

function hashOf(outcome: Outcome): string | undefined {
  return outcome.verdict === 'good' && outcome.rows > 0 ? outcome.contentHash : undefined
}

function judge(pipeline: Pipeline, outcome: Outcome, original: string): Outcome {
  if (outcome.verdict !== 'good') return outcome
  const { listed, key, decision, contentHash, checks, firstSeenAt, settledAt } = outcome
  const handled = {
    listed,
    key,
    contentHash,
    checks,
    firstSeenAt,
    settledAt,
    ...(decision === undefined ? {} : { decision }),
  }
  switch (decision === 'release' ? 'load' : pipeline.onDuplicate) {
    case 'load':
      return { ...outcome, duplicateOf: original }
    case 'skip':
      return { ...handled, verdict: 'duplicate', duplicateOf: original }
    case 'hold':
      return {
        ...handled,
        verdict: 'held',
        reason: `${SAME_BYTES}${original}; \`tidemark release\` loads it all the same`,
        rejected: [],
      }
  }
}

async function loadedWith(
  connection: DuckDBConnection,
  pipeline: string,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const wanted = anyOf(hashes, '$2')
  const rows = await rowsOf(
    connection,
    `SELECT content_hash, path FROM tidemark.files
     WHERE pipeline = $1 AND status = 'loaded' AND rows > 0 AND content_hash ${wanted.is} ORDER BY path`,
    pipeline,
    wanted.value,
  )
  const paths = new Map<string, string[]>()
  for (const { content_hash, path } of rows) {
    const hash = String(content_hash)
    paths.set(hash, [...(paths.get(hash) ?? []), String(path)])
  }
  return paths
}

function byPath(one: Outcome, other: Outcome): number {
  return one.listed.path < other.listed.path ? -1 : 1
}
