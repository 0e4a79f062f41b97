import type { CheckResult } from './check.ts'

/** Why the checks hold a file; undefined when they do not. It names checks and counts, and no cell. */
export function checkFailures(results: readonly CheckResult[], rows: number): string | undefined {
  const failed = results.filter(({ passed, blocking }) => blocking && !passed)
  if (failed.length === 0) return undefined
  return failed.map(({ check, failed: count }) => `check ${check} failed ${found(check, count, rows)}`).join('; ')
}

function found(check: string, count: number, rows: number): string {
  const of = rows === 1 ? '1 row' : `${rows} rows`
  if (check.startsWith('rowCount(')) return `with ${of}`
  if (check.startsWith('sql(')) return `with ${count === 1 ? '1 row' : `${count} rows`}`
  return `for ${count} of ${of}`
}
