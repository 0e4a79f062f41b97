import { expect, test } from '@jest/globals'
import { above, between, type CheckOptions, notNull, oneOf, rowCount, sql, unique } from '../../src/checks/builders.ts'
import { localFolder } from '../../src/config/define.ts'
import { counted } from '../../src/counted.ts'
import { explained } from '../harness/explained.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'

const HEADER = 'id,price,day,kind,note'
const GOOD_ROWS = ['1,10,2018-01-22,buy,a', '2,20,2018-01-23,sell,b']

/** A file that fails one of the checks only, and what the ledger says of it. */
const FAILING = {
  above: { row: '3,0,2018-01-24,buy,c', check: 'above(price, 0)', failed: 1, sample: [{ id: 3, price: 0 }] },
  between: {
    row: '3,1,2019-01-01,buy,c',
    check: 'between(day, 2018-01-01, 2018-12-31)',
    failed: 1,
    sample: [{ id: 3, day: '2019-01-01' }],
  },
  notNull: { row: '3,1,2018-01-24,buy,', check: 'notNull(note)', failed: 1, sample: [{ id: 3, note: null }] },
  unique: {
    row: '2,1,2018-01-24,buy,c',
    check: 'unique(id)',
    failed: 2,
    sample: [
      { id: 2, price: 20 },
      { id: 2, price: 1 },
    ],
  },
  rowCount: { row: '3,1,2018-01-24,buy,c\n4,1,2018-01-24,buy,c', check: 'rowCount(min 2, max 3)', failed: 4, sample: [] },
  oneOf: { row: '3,1,2018-01-24,hold,c', check: 'oneOf(kind, buy, sell)', failed: 1, sample: [{ id: 3, kind: 'hold' }] },
  sql: { row: '3,99,2018-01-24,buy,c', check: 'sql(not too dear)', failed: 1, sample: [{ id: 3, price: 99 }] },
}

function pipeline(options?: CheckOptions) {
  return {
    source: localFolder('source', { files: '{partition}.csv', settle: '50ms' }),
    columns: { id: 'INTEGER', price: 'DOUBLE', day: 'DATE', kind: 'VARCHAR', note: 'VARCHAR' },
    csv: {},
    checks: [
      above('price', 0, options),
      between('day', '2018-01-01', '2018-12-31', options),
      notNull('note', options),
      unique('id', options),
      rowCount({ min: 2, max: 3 }, options),
      oneOf('kind', ['buy', 'sell'], options),
      sql('not too dear', 'SELECT * FROM rows WHERE price > 50', options),
    ],
  }
}

function file(...rows: readonly string[]): string {
  return `${[HEADER, ...rows].join('\n')}\n`
}

async function importAll(running: Running) {
  const batch = await running.tidemark.startAll(running.pipeline)
  return await batch.result()
}

test('each kind of check blocks a file that fails it: the ledger has the count and a sample, the table is as it was', async () => {
  await using workspace = await Workspace.create(pipeline())
  for (const name of Object.keys(FAILING)) await workspace.drop(`${name}.csv`, file(...GOOD_ROWS))
  await using running = await Running.start(workspace)
  expect(await importAll(running)).toMatchObject({ loaded: 7, held: 0 })
  const before = await running.rows('SELECT rowid, * FROM prices ORDER BY rowid')

  for (const [name, { row }] of Object.entries(FAILING)) await workspace.drop(`${name}.csv`, file(...GOOD_ROWS, row))
  expect(await importAll(running)).toMatchObject({ loaded: 0, held: 7 })
  expect(await running.rows('SELECT rowid, * FROM prices ORDER BY rowid')).toEqual(before)
  for (const [name, { check, failed, sample }] of Object.entries(FAILING)) {
    const first = await running.outcome(`${name}.csv`, 1)
    expect(first.checks.map(({ passed }) => passed)).toEqual(Array(7).fill(true))
    const { status, error, checks } = await running.outcome(`${name}.csv`, 2)
    expect({ status, error }).toEqual({ status: 'held', error: expect.stringContaining(`check ${check} failed`) })
    expect(checks.filter(({ passed }) => !passed)).toMatchObject([{ check, failed, sample, blocking: true }])
    const such = sample.length > 0 ? ', such as {"id":' : '\n'
    expect(await explained(running, `${name}.csv`)).toContain(`check: ${check}: ${counted(failed, 'row')} failed${such}`)
  }
})

test('a check that does not block only records what it found: the file is loaded', async () => {
  await using workspace = await Workspace.create(pipeline({ blocking: false }))
  for (const [name, { row }] of Object.entries(FAILING)) await workspace.drop(`${name}.csv`, file(...GOOD_ROWS, row))
  await using running = await Running.start(workspace)
  expect(await importAll(running)).toEqual({ loaded: 7, held: 0, rows: 22 })
  for (const [name, { check, failed, sample }] of Object.entries(FAILING)) {
    const { status, checks } = await running.outcome(`${name}.csv`)
    expect(status).toBe('loaded')
    expect(checks).toHaveLength(7)
    expect(checks.filter(({ passed }) => !passed)).toMatchObject([{ check, failed, sample, blocking: false }])
    expect(await explained(running, `${name}.csv`)).toContain(`${check}: ${counted(failed, 'row')} failed (does not block)`)
  }
  expect(running.said.told).toEqual([])
})
