import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'
import type { News, NewsRequest, NewsScope, Untold } from '../news.ts'
import type { Least } from '../overdue.ts'
import { stillUntold } from './overdue-news.ts'
import { rowsOf, textList } from './sql.ts'

/** The others are in the ledger. */
const REASONS_TOLD = 5
const LONGEST_REASON = 1_000
const ANY: Least = { files: 1, rows: 0 }

/** What was told last of a subject: `file/<path>` is `held#<version>` or `gone#<version>`, `partition/<key>` is `late` or `missing`. */
const CHANGES = `
  WITH newest AS (
      SELECT 'file/' || path AS subject, path, max(sequence) AS sequence, arg_max(status, sequence) AS status,
        arg_max(partition_key, sequence) AS key, arg_max(coalesce(error, ''), sequence) AS error,
        arg_max(gone_at IS NOT NULL AND status <> 'ignored', sequence) AS gone
      FROM tidemark.files WHERE pipeline = $1 AND ($2::VARCHAR IS NULL OR partition_key = $2) GROUP BY path),
    told AS (SELECT subject, state FROM tidemark.told WHERE pipeline = $1),
    changed AS (
      SELECT CASE WHEN gone THEN 'gone' WHEN status = 'held' THEN 'held' ELSE 'recovered' END AS what, newest.*, told.state AS before
      FROM newest LEFT JOIN told USING (subject)
      WHERE CASE WHEN gone THEN 'gone#' || sequence WHEN status = 'held' THEN 'held#' || sequence END IS DISTINCT FROM told.state),
    late AS (
      SELECT subject, substr(subject, length('partition/') + 1) AS key FROM told WHERE starts_with(subject, 'partition/')
        AND ($2::VARCHAR IS NULL OR subject = 'partition/' || $2)),
    changes AS (
      SELECT what, subject, key, CASE WHEN what <> 'recovered' THEN what || '#' || sequence END AS state,
        path || ': ' || CASE what WHEN 'held' THEN error WHEN 'gone' THEN 'gone from the source; its rows stay' ELSE status END AS text
      FROM changed
      UNION ALL
      SELECT 'recovered', subject, key, NULL, 'partition ' || key || ': loaded'
      FROM late WHERE key IN (SELECT partition_key FROM tidemark.files WHERE pipeline = $1 AND status = 'loaded'
        GROUP BY partition_key HAVING count(*) >= $4 AND coalesce(sum(rows), 0) >= $5))
  SELECT what, subject, key, state, text FROM changes WHERE what <> 'gone' OR $3 ORDER BY subject`

interface Change {
  readonly what: string
  readonly subject: string
  readonly key: string
  /** None: nothing is to be said of it any more. */
  readonly state: string | null
  readonly text: string
}

export async function readUntold(connection: DuckDBConnection, scope: NewsScope): Promise<Untold> {
  if (!(await mayHaveChanged(connection, scope))) return { held: 0, recovered: 0, gone: 0 }
  const changes = await changesIn(connection, scope)
  const count = (what: string) => changes.filter((change) => change.what === what).length
  return { held: count('held'), recovered: count('recovered'), gone: count('gone') }
}

/** Where all is well and nothing else was ever told, as nearly always, this is answered in a quarter of the time. */
async function mayHaveChanged(connection: DuckDBConnection, { pipeline, partition }: NewsScope): Promise<boolean> {
  const [found] = await rowsOf(
    connection,
    `SELECT 1 FROM tidemark.told WHERE pipeline = $1
     UNION ALL
     SELECT 1 FROM tidemark.files WHERE pipeline = $1 AND ($2::VARCHAR IS NULL OR partition_key = $2)
       AND (status = 'held' OR gone_at IS NOT NULL) LIMIT 1`,
    pipeline,
    partition ?? null,
  )
  return found !== undefined
}

/**
 * What there is to tell, for whoever asks with this token; none where others have told it. It is written as told with the answer, so
 * that nobody tells it again, and kept under the token, so that a worker that dies with it loses nothing.
 */
export async function takeNews(connection: DuckDBConnection, request: NewsRequest): Promise<News | undefined> {
  const { pipeline, token } = request
  const kept = await stateOf(connection, pipeline, tellingOf(token))
  if (kept !== undefined) return NEWS.parse(JSON.parse(kept))
  const { changes, news } = await sourceOf(request)(connection, request)
  if (changes.length === 0) return undefined
  await writeTold(connection, pipeline, [...changes, { subject: tellingOf(token), state: JSON.stringify(news) }])
  return news
}

export async function endTelling(connection: DuckDBConnection, pipeline: string, token: string): Promise<void> {
  await writeTold(connection, pipeline, [{ subject: tellingOf(token), state: null }])
}

/** Of these the ledger says whether they are so; of the others who asks. */
const LEVELS: readonly string[] = ['held', 'recovered', 'gone']
const tellingOf = (token: string) => `telling/${token}`

function sourceOf({ news, overdue }: NewsRequest) {
  if (overdue !== undefined) return fromClock
  return LEVELS.includes(news.what) ? fromLedger : fromTick
}

async function fromLedger(connection: DuckDBConnection, request: NewsRequest) {
  const { pipeline, what } = request.news
  const changes = (await changesIn(connection, request)).filter((change) => change.what === what)
  const keys = new Set(changes.map(({ key }) => key))
  const [partition] = keys.size === 1 ? keys : []
  const reasons = changes.slice(0, REASONS_TOLD).map(({ text }) => shortened(text))
  const news: News = {
    pipeline,
    what,
    reason: reasons.join('\n'),
    ...(partition === undefined ? {} : { partition }),
    ...(changes.length === 1 ? {} : { count: changes.length }),
  }
  return { changes, news }
}

/** A partition that was told as missing is not told as late again. */
async function fromTick(connection: DuckDBConnection, { pipeline, news }: NewsRequest) {
  const subject = `partition/${news.partition ?? ''}`
  const before = await stateOf(connection, pipeline, subject)
  const told = before === 'missing' || before === news.what
  return { changes: told ? [] : [{ subject, state: news.what }], news }
}

/** What is overdue, whoever was to bring it. */
async function fromClock(connection: DuckDBConnection, { pipeline, news: { what }, overdue = [], least = ANY }: NewsRequest) {
  const changes = await stillUntold(connection, pipeline, overdue, least)
  const [first] = changes
  const isOne = changes.length === 1
  const reasons = changes.slice(0, REASONS_TOLD).map(({ key, text }) => (isOne || key === undefined ? text : `${key}: ${text}`))
  const news: News = {
    pipeline,
    what,
    reason: reasons.map(shortened).join('\n'),
    ...(isOne && first?.key !== undefined ? { partition: first.key } : {}),
    ...(isOne ? {} : { count: changes.length }),
  }
  return { changes, news }
}

async function changesIn(
  connection: DuckDBConnection,
  { pipeline, partition, alsoGone, least = ANY }: NewsScope,
): Promise<Change[]> {
  const rows = await rowsOf(connection, CHANGES, pipeline, partition ?? null, alsoGone, least.files, least.rows)
  return rows.map((row) => ({
    what: String(row.what),
    subject: String(row.subject),
    key: String(row.key),
    state: row.state === null ? null : String(row.state),
    text: String(row.text),
  }))
}

async function stateOf(connection: DuckDBConnection, pipeline: string, subject: string): Promise<string | undefined> {
  const [row] = await rowsOf(
    connection,
    'SELECT state FROM tidemark.told WHERE pipeline = $1 AND subject = $2',
    pipeline,
    subject,
  )
  return row && String(row.state)
}

async function writeTold(
  connection: DuckDBConnection,
  pipeline: string,
  changes: readonly { readonly subject: string; readonly state: string | null }[],
): Promise<void> {
  await connection.run(`DELETE FROM tidemark.told WHERE pipeline = $1 AND subject IN ${textList('$2')}`, [
    pipeline,
    JSON.stringify(changes.map(({ subject }) => subject)),
  ])
  await connection.run(
    `INSERT INTO tidemark.told (pipeline, subject, state, told_at)
     SELECT $1, t.subject, t.state, now()
     FROM (SELECT unnest(from_json($2::JSON, '[{"subject":"VARCHAR","state":"VARCHAR"}]'), recursive := true)) t`,
    [pipeline, JSON.stringify(changes.filter(({ state }) => state !== null).map(({ subject, state }) => ({ subject, state })))],
  )
}

/** In one line, whatever a file is called: several reasons have a line each. */
function shortened(text: string): string {
  const line = text.replaceAll('\n', '\\n')
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line
}

const NEWS = z.object({
  pipeline: z.string(),
  partition: z.string().exactOptional(),
  what: z.enum(['held', 'late', 'missing', 'failing', 'recovered', 'gone']),
  reason: z.string(),
  count: z.number().exactOptional(),
}) satisfies z.ZodType<News>
