import { join } from 'node:path'
import { readAlone } from '../alone.mjs'
import { withDays } from '../backfill-days.mjs'
import { COLUMNS } from '../small-files.mjs'

export const name = 'backfill-together'
export const sizes = { full: 3_650, short: 60 }

export function measure(days) {
  return withDays(days, async ({ backfill, folder, files }) => {
    const ours = await backfill({ singleRun: true })
    const limit = await readAlone(join(folder, 'alone.duckdb'), files, COLUMNS)
    const limitIs = 'DuckDB: one read_csv of all, and the insert'
    return [{ what: `backfill of ${days} days, in one run`, limitIs, budget: 2, ours, limit }]
  })
}
