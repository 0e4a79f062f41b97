import { rm } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { Loads } from './staged-outcomes.ts'

const COLUMNS = 'n INTEGER UNIQUE CHECK (n < 100), _tidemark_partition VARCHAR, _tidemark_file VARCHAR'

test('of many partitions only those are refused that break their own transaction: alone, or beside what is there already', async () => {
  await using loads = await Loads.create()
  await loads.warehouse.query(`CREATE TABLE prices (${COLUMNS})`)
  const numbers = new Map(Array.from({ length: 30 }, (_, at) => [`k${String(at).padStart(2, '0')}`, at + 1]))
  numbers.set('k07', 500).set('k11', 600).set('k20', 3) // as k02
  const { claim, claimed } = await loads.claim([...numbers.keys()])
  const outcomes = await Promise.all([...numbers].map(([key, n]) => loads.good(key, `SELECT ${n} AS n`)))
  const unread = new Map([['k03', 'unreadable']])
  const published = await loads.warehouse.publish({ ...loads.publication(claim, outcomes, unread), keys: claimed })
  const refused = ['k07', 'k11', 'k20']
  const others = claimed.filter((key) => !refused.includes(key))
  expect(published.keys).toEqual(others)
  expect(published.outcomes.map(({ key }) => key)).toEqual(others)
  expect([...published.refused.keys()]).toEqual(refused)
  expect(published.refused.get('k20')).toMatch(/unique constraint.*; rows break a constraint that somebody gave the table/)
  expect(await loads.values('SELECT DISTINCT _tidemark_partition FROM prices ORDER BY ALL')).toEqual(others)
  expect(await loads.ledgerLines()).toEqual(others.map((key) => `${key}.csv#1 loaded 1`))
  const backoffs = await loads.warehouse.backoffs(loads.pipeline.name)
  expect(backoffs.map(({ key, error }) => `${key} ${error === 'unreadable'}`)).toEqual([
    'k03 true',
    ...refused.map((key) => `${key} false`),
  ])
  expect(await loads.warehouse.claims()).toEqual([])
})

test('what would break any transaction is blamed on no partition', async () => {
  await using loads = await Loads.create()
  const keys = ['a', 'b', 'c']
  const { claim } = await loads.claim(keys)
  const outcomes = await Promise.all(keys.map((key) => loads.good(key, 'SELECT 1 AS n')))
  const [gone] = outcomes
  if (gone?.verdict !== 'good') throw new Error('expected rows')
  await rm(gone.rowsFile)
  await expect(loads.warehouse.publish(loads.publication(claim, outcomes))).rejects.toMatchObject({ code: 'WarehouseFailed' })
  expect(await loads.ledgerLines()).toEqual([])
  expect(await loads.warehouse.backoffs(loads.pipeline.name)).toEqual([])
  expect(await loads.warehouse.claims()).toMatchObject([{ claim }])
})

test('what is published with a claim later owes nothing for what was published with it before', async () => {
  await using loads = await Loads.create({ afterLoad: 'delete' })
  const { name } = loads.pipeline
  const { claim } = await loads.claim(['a', 'b'])
  await loads.warehouse.publish(loads.publication(claim, [await loads.good('a', 'SELECT 1 AS n')]))
  const [debt] = await loads.warehouse.debts(name)
  if (debt === undefined) throw new Error('expected a debt')
  await loads.warehouse.payDebts(name, [debt])
  await loads.warehouse.publish(loads.publication(claim, [await loads.good('b', 'SELECT 2 AS n')]))
  expect((await loads.warehouse.debts(name)).map(({ path }) => path)).toEqual(['b.csv'])
  expect((await loads.warehouse.files(name)).map(({ path, after_load }) => `${path} ${after_load}`)).toEqual([
    'a.csv done',
    'b.csv owed',
  ])
})
