import { expect, test } from '@jest/globals'
import type { Decision } from '../../src/warehouse/decision.ts'
import { Loads, RUN } from './staged-outcomes.ts'

const decided = (loads: Loads, path: string, decision: Decision, fingerprint?: string) =>
  loads.warehouse.decide(loads.pipeline.name, path, {
    decision,
    reason: 'looked at it',
    by: 'ann',
    ...(fingerprint === undefined ? {} : { fingerprint }),
  })

const FAILED = [{ check: 'above(n, 0)', blocking: true, passed: false, failed: 1, sample: [] }]

test('a retry replaces the entry it was made on, with its decision closed; what was rejected before goes', async () => {
  await using loads = await Loads.create()
  await loads.load(loads.held('a', 'bad rows'))
  const opened = await decided(loads, 'a.csv', 'retry')
  expect(opened).toMatchObject({ decision: 'retry', reason: 'looked at it', decided_by: 'ann', carried_out_at: null })
  const known = async () => (await loads.warehouse.known(loads.pipeline.name, ['a.csv'])).get('a.csv')?.decision
  expect(await known()).toBe('retry')
  expect(await loads.warehouse.openDecisions(loads.pipeline.name)).toMatchObject([{ path: 'a.csv', key: 'a', decision: 'retry' }])

  await loads.load(await loads.answer(await loads.good('a', 'SELECT 7 AS n'), 'retry'))
  expect(await known()).toBeUndefined()
  expect(await loads.warehouse.openDecisions(loads.pipeline.name)).toEqual([])
  const [entry, ...more] = await loads.warehouse.files(loads.pipeline.name, { versions: true })
  expect(more).toEqual([])
  expect(entry).toMatchObject({ sequence: 1, status: 'loaded', rows: 1, error: null, rejected_rows: 0, decided_by: 'ann' })
  expect(entry).toMatchObject({
    fingerprint: opened.fingerprint,
    first_seen_at: opened.first_seen_at,
    decided_at: opened.decided_at,
  })
  expect(entry?.carried_out_at).not.toBeNull()
  expect(await loads.warehouse.rejected(loads.pipeline.name, 'a.csv', 1)).toEqual([])
})

test('a retry of a loaded version that is held now leaves its rows, and the entry that they belong to', async () => {
  await using loads = await Loads.create()
  await loads.load(await loads.good('a', 'SELECT 1 AS n'))
  await decided(loads, 'a.csv', 'retry')
  await loads.load(await loads.answer(loads.held('a', 'now too strict'), 'retry'))
  expect(await loads.ledgerLines()).toEqual(['a.csv#1 loaded 1', 'a.csv#2 held null'])
  expect(await loads.values('SELECT n FROM prices')).toEqual([1])
  const [first] = await loads.warehouse.files(loads.pipeline.name, { versions: true })
  expect(first?.carried_out_at).not.toBeNull()
  await decided(loads, 'a.csv', 'retry')
  await loads.load(await loads.answer(await loads.good('a', 'SELECT 2 AS n'), 'retry'))
  expect(await loads.ledgerLines()).toEqual(['a.csv#1 superseded 1', 'a.csv#2 loaded 1'])
  expect(await loads.values('SELECT n FROM prices')).toEqual([2])
})

test('what was staged for a decision is left out when a newer version or another decision has voided it', async () => {
  await using loads = await Loads.create()
  await loads.load({ ...loads.held('a', 'check'), checks: FAILED })
  const { fingerprint } = await decided(loads, 'a.csv', 'retry')
  const forRetry = await loads.answer(loads.held('a', 'held again'), 'retry')
  await decided(loads, 'a.csv', 'release', fingerprint)
  await loads.load(forRetry)
  expect(await loads.warehouse.openDecisions(loads.pipeline.name)).toMatchObject([{ decision: 'release' }])

  const forRelease = await loads.answer(await loads.good('a', 'SELECT 1 AS n'), 'release')
  await loads.load(loads.held('a', 'a newer version'))
  expect(await loads.warehouse.openDecisions(loads.pipeline.name)).toEqual([])
  await loads.load(forRelease)
  expect(await loads.ledgerLines()).toEqual(['a.csv#1 held null', 'a.csv#2 held null'])
})

test('the next claim of its partition takes the rows of a removed file out; a held newer version stays held', async () => {
  await using loads = await Loads.create()
  await loads.load(await loads.good('a', 'SELECT 1 AS n'), await loads.good('b', 'SELECT 2 AS n'))
  await loads.load(loads.held('a', 'bad'))
  await decided(loads, 'a.csv', 'remove')
  await loads.claim(['b'])
  expect(await loads.values('SELECT n FROM prices ORDER BY n')).toEqual([1, 2])
  await loads.claim(['a'])
  expect(await loads.values('SELECT n FROM prices')).toEqual([2])
  expect(await loads.ledgerLines()).toEqual(['a.csv#1 removed 1', 'a.csv#2 held null', 'b.csv#1 loaded 1'])
  expect(await loads.warehouse.openDecisions(loads.pipeline.name)).toEqual([])
  await expect(decided(loads, 'a.csv', 'remove')).rejects.toThrow('cannot remove "a.csv": none of its rows are in the table')

  await decided(loads, 'a.csv', 'retry')
  await loads.load(await loads.answer(await loads.good('a', 'SELECT 3 AS n'), 'retry'))
  expect(await loads.ledgerLines()).toEqual(['a.csv#1 removed 1', 'a.csv#2 loaded 1', 'b.csv#1 loaded 1'])
})

test('a newer version voids a removal', async () => {
  await using loads = await Loads.create()
  await loads.load(await loads.good('a', 'SELECT 1 AS n'))
  const { claim } = await loads.claim(['a'])
  await decided(loads, 'a.csv', 'remove')
  await loads.warehouse.publish(loads.publication(claim, [await loads.good('a', 'SELECT 2 AS n')]))
  await loads.claim(['a'])
  expect(await loads.values('SELECT n FROM prices')).toEqual([2])
})

test('a removal is carried out also where a newer version is held meanwhile', async () => {
  await using loads = await Loads.create()
  await loads.load(await loads.good('a', 'SELECT 1 AS n'))
  const { claim } = await loads.claim(['a'])
  await decided(loads, 'a.csv', 'remove')
  await loads.warehouse.publish(loads.publication(claim, [loads.held('a', 'no header')]))
  expect(await loads.values('SELECT n FROM prices')).toEqual([])
  const entries = await loads.warehouse.files(loads.pipeline.name, { versions: true })
  expect(entries.map(({ status, carried_out_at }) => [status, carried_out_at === null])).toEqual([
    ['removed', false],
    ['held', true],
  ])
})

test('the same request again changes nothing, also when it has been carried out', async () => {
  await using loads = await Loads.create()
  await loads.load(await loads.good('a', 'SELECT 1 AS n'))
  const request = { decision: 'remove' as const, reason: null, by: null, at: new Date('2026-03-04T05:06:07.089Z') }
  const first = await loads.warehouse.decide(loads.pipeline.name, 'a.csv', request)
  expect(first.decided_at).toBe('2026-03-04T05:06:07.089Z')
  expect(await loads.warehouse.decide(loads.pipeline.name, 'a.csv', request)).toEqual(first)
  await loads.claim(['a'])
  const { carried_out_at } = await loads.warehouse.decide(loads.pipeline.name, 'a.csv', request)
  expect(carried_out_at).not.toBeNull()
})

test('only what a check holds is released, by its fingerprint and with a reason', async () => {
  await using loads = await Loads.create()
  await loads.load(loads.held('a', 'no header'), await loads.good('b', 'SELECT 1 AS n'))
  await loads.load({ ...loads.held('c', 'check'), checks: FAILED })
  const [a, b, c] = await loads.warehouse.files(loads.pipeline.name)
  await expect(decided(loads, 'a.csv', 'release', a?.fingerprint)).rejects.toThrow('no check has failed')
  await expect(decided(loads, 'b.csv', 'release', b?.fingerprint)).rejects.toThrow('it is loaded, not held')
  await expect(decided(loads, 'c.csv', 'release', 'another')).rejects.toThrow('it has changed since')
  await expect(decided(loads, 'c.csv', 'release')).rejects.toThrow('name the fingerprint')
  await expect(decided(loads, 'none.csv', 'retry')).rejects.toMatchObject({ code: 'UsageError' })
  await decided(loads, 'c.csv', 'release', c?.fingerprint)
  await loads.load({ ...(await loads.answer(await loads.good('c', 'SELECT 3 AS n'), 'release')), checks: FAILED })
  const [released] = await loads.warehouse.files(loads.pipeline.name, { path: 'c.csv' })
  expect(released).toMatchObject({ sequence: 1, status: 'loaded', rows: 1, checks: FAILED, decision: 'release' })
  expect(released?.workflow_id).toBe(RUN.workflowId)
})
