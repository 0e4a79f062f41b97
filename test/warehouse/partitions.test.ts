import { expect, test } from '@jest/globals'
import { Loads, RUN } from './staged-outcomes.ts'

const AT = new Date('2026-01-03T00:00:00.123Z')
const BACKFILL = { reason: 'backfill', by: 'ann', at: AT }

test('many versions are decided to be tried again at once; the same request again changes nothing, another one does', async () => {
  await using loads = await Loads.create()
  const { warehouse } = loads
  const { name } = loads.pipeline
  await loads.load(loads.held('a', 'bad'), loads.held('b', 'bad'), await loads.good('c', 'SELECT 1 AS n'), loads.held('d', 'bad'))
  const open = async () =>
    (await warehouse.openDecisions(name)).map(({ path, decision, sequence }) => `${decision} ${path}#${sequence}`)
  await warehouse.retryAll(name, ['a.csv', 'c.csv', 'unknown.csv'], BACKFILL)
  expect(await open()).toEqual(['retry a.csv#1', 'retry c.csv#1'])
  expect(await warehouse.files(name, { path: 'a.csv' })).toMatchObject([
    { decision: 'retry', reason: 'backfill', decided_by: 'ann', decided_at: AT.toISOString(), carried_out_at: null },
  ])

  await loads.load(await loads.answer(loads.held('a', 'still bad'), 'retry'))
  await loads.load(await loads.answer(loads.held('c', 'bad now'), 'retry'))
  await warehouse.retryAll(name, ['a.csv', 'b.csv', 'c.csv'], BACKFILL)
  expect(await open()).toEqual(['retry b.csv#1'])
  await warehouse.retryAll(name, ['a.csv', 'b.csv', 'c.csv'], { ...BACKFILL, at: new Date() })
  expect(await open()).toEqual(['retry a.csv#1', 'retry b.csv#1', 'retry c.csv#2'])
  expect(await warehouse.files(name, { path: 'b.csv' })).toMatchObject([{ decided_at: AT.toISOString() }])
  await warehouse.retryAll(name, [], BACKFILL)
})

test('what a person has decided, and no load has carried out yet, stands', async () => {
  await using loads = await Loads.create()
  const { warehouse } = loads
  const { name } = loads.pipeline
  await loads.load(await loads.good('a', 'SELECT 1 AS n'))
  await warehouse.decide(name, 'a.csv', { decision: 'remove', reason: 'wrong', by: 'bea' })
  await warehouse.retryAll(name, ['a.csv'], BACKFILL)
  expect(await warehouse.openDecisions(name)).toMatchObject([{ path: 'a.csv', decision: 'remove' }])
  await loads.claim(['a'])
  expect(await loads.ledgerLines()).toEqual(['a.csv#1 removed 1'])
  await warehouse.retryAll(name, ['a.csv'], BACKFILL)
  expect(await warehouse.openDecisions(name)).toMatchObject([{ path: 'a.csv', decision: 'retry' }])
})

test('which partitions have a loaded file, of those that are asked for', async () => {
  await using loads = await Loads.create()
  await loads.load(await loads.good('a', 'SELECT 1 AS n'), loads.held('b', 'bad'), await loads.good('c', 'SELECT 2 AS n'))
  const { name } = loads.pipeline
  expect(await loads.warehouse.loadedKeys(name, ['a', 'b', 'x'])).toEqual(new Set(['a']))
  expect(await loads.warehouse.loadedKeys(name, [])).toEqual(new Set())
  expect(await loads.warehouse.loadedKeys('other', ['a'])).toEqual(new Set())
})

test('what one run has done, by partition: of newest versions, and of no other run', async () => {
  await using loads = await Loads.create()
  const { name } = loads.pipeline
  await loads.load(await loads.good('a', 'SELECT 1 AS n'), await loads.good('a', 'SELECT 1 AS n UNION ALL SELECT 2', 'a2.csv'))
  await loads.load(loads.held('b', 'bad'), loads.held('c', 'bad'))
  await loads.load(await loads.good('c', 'SELECT 3 AS n'))
  expect(await loads.warehouse.workOf(name, RUN)).toEqual([
    { key: 'a', rows: 3, held: undefined },
    { key: 'b', rows: 0, held: 'b.csv: bad' },
    { key: 'c', rows: 1, held: undefined },
  ])
  expect(await loads.warehouse.workOf(name, { ...RUN, runId: 'another' })).toEqual([])
})
