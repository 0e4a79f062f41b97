import type { DuckDBConnection } from '@duckdb/node-api'
import { messageOf, TidemarkError } from '../errors.ts'
import { quotedName } from '../sql-text.ts'
import type { Check, CheckResult } from './check.ts'
import { type ColumnTypes, failingRows } from './failing-rows.ts'
import { labelOf } from './label.ts'

const SAMPLE_ROWS = 5
/** A sample is to be looked at, and a cell may have 2 MiB. */
const SAMPLE_TEXT = 1_000
/** What DuckDB says of a query, before it has seen a row. Its other messages repeat cells. */
const ABOUT_THE_QUERY = /^(Parser|Binder|Catalog|Permission) Error: [^\n]*/
/** The database is dead or was interrupted: that is no word on the check. */
const ABOUT_THE_DATABASE = /^(INTERNAL|FATAL|INTERRUPT) Error|has been invalidated/

/** @throws TidemarkError CheckBroken when a check cannot be asked at all, of these rows or of any: the file is not held for it */
export async function runChecks(connection: DuckDBConnection, table: string, checks: readonly Check[]): Promise<CheckResult[]> {
  if (checks.length === 0) return []
  const rows = `WITH rows AS (FROM ${quotedName(table)})`
  const described = await connection.runAndReadAll(`DESCRIBE ${quotedName(table)}`)
  const types = new Map(described.getRowsJson().map(([name, type]) => [String(name).toLowerCase(), String(type)]))
  const results: CheckResult[] = []
  for (const check of checks) results.push(await runCheck(connection, rows, check, types))
  return results
}

async function runCheck(connection: DuckDBConnection, rows: string, check: Check, types: ColumnTypes): Promise<CheckResult> {
  const name = { check: labelOf(check), blocking: check.blocking }
  try {
    if (check.kind === 'rowCount') {
      const found = await count(connection, `${rows} SELECT count(*) FROM rows`)
      const passed = found >= (check.min ?? 0) && found <= (check.max ?? found)
      return { ...name, passed, failed: passed ? 0 : found, sample: [] }
    }
    const query = failingRows(check, types)
    const failed = await count(connection, `${rows} SELECT count(*) FROM (${query})`)
    if (failed === 0) return { ...name, passed: true, failed, sample: [] }
    const sample = await connection.runAndReadAll(`${rows} SELECT * FROM (${query}) LIMIT ${SAMPLE_ROWS}`)
    return { ...name, passed: false, failed, sample: sample.getRowObjectsJson().map(shortened) }
  } catch (error) {
    throw brokenOr(error, name.check)
  }
}

async function count(connection: DuckDBConnection, query: string): Promise<number> {
  const reader = await connection.runAndReadAll(query)
  return Number(reader.getRowsJson()[0]?.[0])
}

function shortened(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' && value.length > SAMPLE_TEXT ? `${value.slice(0, SAMPLE_TEXT)}…` : value,
    ]),
  )
}

function brokenOr(error: unknown, label: string): unknown {
  const message = messageOf(error)
  if (ABOUT_THE_DATABASE.test(message)) return error
  const why = ABOUT_THE_QUERY.exec(message)?.[0] ?? `${message.split(':', 1)[0]} while it read the rows`
  return new TidemarkError('CheckBroken', `check ${label} cannot be run: ${why}; mend it in the config`)
}
