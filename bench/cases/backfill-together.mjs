import { join } from 'node:path'
import { readAlone } from '../alone.mjs'
import { withDays } from '../backfill-days.mjs'
import { COLUMNS } from '../small-files.mjs'

export const name = 'backfill-together'
export const sizes = { full: 3_650, short: 60 }

export function measure(days) {
  return withDays(days, async ({ backfill, folder, files }) => {
    const { took: ours, beforeLoad, processor } = await backfill({ singleRun: true })
    const alone = await readAlone(join(folder, 'alone.duckdb'), files, COLUMNS)
    const limitIs = 'DuckDB: one read_csv of all, and the insert'
    const why = {
      'ms until its load begins': beforeLoad,
      's of a processor in the worker': processor[0],
      's in the server': processor[1],
      's in the limit': alone.processor,
    }
    return [{ what: `backfill of ${days} days, in one run`, limitIs, budget: 2, ours, limit: alone.took, why }]
  })
}
