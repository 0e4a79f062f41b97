// Ours beside the limit: the same work done by DuckDB, the file system or the server alone, in the same run on the same machine.
// npm run bench [-- --short] [--only NAME,…] [--size N] [--runs N]. Prints a table, and writes JSON to .bench/results.json.
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { median } from './statistics.mjs'

const CASES = [
  'burst',
  'one-by-one',
  'backfill-together',
  'backfill-each',
  'sweep',
  'large-file',
  'sizes',
  'start',
  'idle',
  'listing',
]
/** Of a case that is quick enough to be repeated; the others measure several times by themselves, or for long. */
const RUNS = { burst: 5, 'backfill-together': 5, 'large-file': 3 }

const { values } = parseArgs({
  options: { short: { type: 'boolean' }, only: { type: 'string' }, size: { type: 'string' }, runs: { type: 'string' } },
})
const chosen = values.only?.split(',') ?? CASES
const results = []
for (const name of chosen) {
  if (!CASES.includes(name)) throw new Error(`no case '${name}'; there are ${CASES.join(', ')}`)
  const { measure, sizes } = await import(`./cases/${name}.mjs`)
  const size = values.size === undefined ? sizes[values.short ? 'short' : 'full'] : Number(values.size)
  const runs = Number(values.runs ?? (values.short ? 1 : (RUNS[name] ?? 1)))
  const measured = []
  for (let run = 0; run < runs; run++) measured.push(await measure(size))
  for (const at of measured[0].keys()) {
    const result = together(measured.map((rows) => rows[at]))
    results.push(result)
    console.error(`${result.what}: ${result.ours.toFixed(1)} ${result.unit} ${result.verdict}`) // the table comes when all is measured
  }
}
print(results)
await mkdir('.bench', { recursive: true })
const machine = { node: process.version, cores: cpus().length, processor: cpus()[0]?.model }
await writeFile('.bench/results.json', `${JSON.stringify({ short: values.short === true, machine, results }, null, 2)}\n`)

/** Ratios are of one run each. */
function together(rows) {
  const [{ what, unit = 'ms', limitIs, budget, atMost, atLeast }] = rows
  const ours = rows.flatMap((row) => row.ours)
  const limits = rows.flatMap((row) => row.limit ?? [])
  const ratios = rows.flatMap((row) => ratiosOf(row))
  const value = median(ours)
  const ratio = ratios.length === 0 ? undefined : median(ratios)
  const faults = []
  if (budget !== undefined && ratio > budget) faults.push(`above ${budget} times`)
  if (atMost !== undefined && value > atMost) faults.push(`above ${atMost} ${unit}`)
  if (atLeast !== undefined && value < atLeast) faults.push(`below ${atLeast.toFixed(0)} ${unit}`)
  const isJudged = budget ?? atMost ?? atLeast
  return {
    what,
    unit,
    ours: value,
    spread: [Math.min(...ours), Math.max(...ours)],
    ...(limits.length === 0 ? {} : { limitIs, limit: median(limits), ratio, ratios }),
    budget: [budget && `${budget} times`, atMost && `${atMost} ${unit}`, atLeast && `${atLeast.toFixed(0)} ${unit}`]
      .filter(Boolean)
      .join(', '),
    ...(rows[0].why === undefined ? {} : { why: whyOf(rows) }),
    // A small size shows that a case still runs, and nothing of how fast it is.
    verdict: isJudged === undefined || values.short ? '' : faults.length === 0 ? 'within' : faults.join(', '),
  }
}

/** What was measured beside it, in the same runs, and says what it is spent on. */
function whyOf(rows) {
  return Object.fromEntries(Object.keys(rows[0].why).map((part) => [part, median(rows.map(({ why }) => why[part]))]))
}

function ratiosOf({ ours, limit }) {
  if (limit === undefined) return []
  const limits = [limit].flat()
  return [ours].flat().map((value, at) => value / (limits[at] ?? limits[0]))
}

function print(rows) {
  const table = new Table({ head: ['what', 'ours', 'spread', 'limit', 'ratio', 'budget', ''], style: { head: [], border: [] } })
  const shown = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(2))
  for (const { what, unit, ours, spread, limit, limitIs, ratio, budget, verdict } of rows) {
    table.push([
      what,
      `${shown(ours)} ${unit}`,
      spread[0] === spread[1] ? '' : `${shown(spread[0])} to ${shown(spread[1])}`,
      limit === undefined ? '' : `${shown(limit)} ${unit} (${limitIs})`,
      ratio === undefined ? '' : ratio.toFixed(2),
      budget,
      verdict,
    ])
  }
  console.log(table.toString())
  for (const { what, why } of rows.filter(({ why }) => why)) {
    const parts = Object.entries(why).map(([part, value]) => `${shown(value)} ${part}`)
    console.log(`${what}: ${parts.join(', ')}`)
  }
}
