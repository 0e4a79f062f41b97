import { expect, test } from '@jest/globals'
import { Loads, RUN } from './staged-outcomes.ts'

test('a single import takes a claim over, and the one that lost it publishes nothing, not even its failure', async () => {
  await using loads = await Loads.create()
  const first = await loads.claim(['day'])
  const second = await loads.claim(['day'])
  expect(second).toMatchObject({ claimed: ['day'], refused: [] })
  const late = await loads.good('day', 'SELECT 1 AS n')
  const postponed = new Map([['day', 'unreadable']])
  expect((await loads.warehouse.publish(loads.publication(first.claim, [late], postponed))).keys).toEqual([])
  expect(await loads.values("SELECT 1 FROM duckdb_tables() WHERE table_name = 'prices'")).toEqual([])
  expect(await loads.ledgerLines()).toEqual([])
  expect(await loads.warehouse.backoffs(loads.pipeline.name)).toEqual([])
  expect(await standing(loads)).toEqual([second.claim])

  await loads.warehouse.release(loads.pipeline.name, first.claim)
  expect(await standing(loads)).toEqual([second.claim])
  expect((await loads.warehouse.publish(loads.publication(second.claim, [late]))).keys).toEqual(['day'])
  expect((await loads.warehouse.publish(loads.publication(second.claim, [late]))).keys).toEqual([])
  expect(await loads.ledgerLines()).toEqual(['day.csv#1 loaded 1'])
  expect(await loads.warehouse.claims()).toEqual([])
})

test('a batch takes what is free and what dead loads have left; a live holder stands and is named', async () => {
  await using loads = await Loads.create()
  const live = await loads.claim(['b'])
  const dead = await loads.claim(['c', 'd'])
  const batch = await loads.claim(['a', 'b', 'c'], new Set())
  expect(batch.claimed).toEqual(['a'])
  expect([...batch.refused].sort((one, other) => one.key.localeCompare(other.key))).toEqual([
    { key: 'b', claim: live.claim, ...RUN },
    { key: 'c', claim: dead.claim, ...RUN },
  ])
  const again = { pipeline: loads.pipeline, keys: ['b', 'c'], claim: batch.claim, run: RUN, over: new Set([dead.claim]) }
  expect(await loads.warehouse.claim(again)).toMatchObject({ claimed: ['c'], refused: [{ key: 'b' }] })

  const chunk = [
    await loads.good('a', 'SELECT 1 AS n'),
    await loads.good('b', 'SELECT 2 AS n'),
    await loads.good('c', 'SELECT 3 AS n'),
  ]
  expect([...(await loads.warehouse.publish(loads.publication(batch.claim, chunk))).keys].sort()).toEqual(['a', 'c'])
  expect(await loads.ledgerLines()).toEqual(['a.csv#1 loaded 1', 'c.csv#1 loaded 1'])
  expect(await loads.values('SELECT n FROM prices ORDER BY n')).toEqual([1, 3])
  expect((await standing(loads)).sort()).toEqual([live.claim, dead.claim].sort())
})

test('counts the loads in a row that have left a claim without an end, by partition; every end starts anew', async () => {
  await using loads = await Loads.create()
  const deathsAt = async (keys: readonly string[]) => [...(await loads.claim(keys)).deaths]
  expect(await deathsAt(['a', 'b'])).toEqual([])
  expect(await deathsAt(['a'])).toEqual([['a', 1]])
  const { claim, deaths } = await loads.claim(['a', 'b', 'c'])
  expect([...deaths].sort()).toEqual([
    ['a', 2],
    ['b', 1],
  ])
  const again = { pipeline: loads.pipeline, keys: ['a'], claim, run: RUN, over: 'any' } as const
  expect([...(await loads.warehouse.claim(again)).deaths]).toEqual([['a', 2]])

  await loads.warehouse.release(loads.pipeline.name, claim)
  expect(await deathsAt(['a', 'b', 'c'])).toEqual([])
  await loads.load(await loads.good('a', 'SELECT 1 AS n'))
  expect(await deathsAt(['a'])).toEqual([])
})

test('the claims of one pipeline are not those of another', async () => {
  await using loads = await Loads.create()
  const ours = await loads.claim(['day'])
  const theirs = {
    pipeline: { ...loads.pipeline, name: 'other' },
    keys: ['day'],
    claim: 'theirs',
    run: RUN,
    over: new Set<string>(),
  }
  expect(await loads.warehouse.claim(theirs)).toEqual({ claimed: ['day'], refused: [], deaths: new Map() })
  await loads.warehouse.release('other', ours.claim)
  expect((await standing(loads)).sort()).toEqual([ours.claim, 'theirs'].sort())
})

test('what fails is left alone for 10 seconds, then doubled up to 10 minutes, until a load ends well', async () => {
  await using loads = await Loads.create()
  const pauses: number[] = []
  for (let tries = 1; tries <= 8; tries++) {
    const { claim } = await loads.claim(['day', 'other'])
    const postponed = new Map([['day', `failure ${tries}`]])
    await loads.warehouse.publish({ ...loads.publication(claim, [], postponed), keys: ['day', 'other'] })
    const [backoff, ...rest] = await loads.warehouse.backoffs(loads.pipeline.name)
    expect(rest).toEqual([])
    expect(backoff).toMatchObject({ key: 'day', tries, error: `failure ${tries}` })
    pauses.push(Math.round(((backoff?.notBefore.getTime() ?? 0) - Date.now()) / 5_000) * 5)
  }
  expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 600, 600])

  const { claim } = await loads.claim(['day'])
  await loads.warehouse.release(loads.pipeline.name, claim)
  expect(await loads.warehouse.backoffs(loads.pipeline.name)).toHaveLength(1)
  await loads.load(await loads.good('day', 'SELECT 1 AS n'))
  expect(await loads.warehouse.backoffs(loads.pipeline.name)).toEqual([])
  expect(await loads.values('SELECT count(*)::INTEGER FROM tidemark.claims')).toEqual([0])
})

test.each([
  ['a day back: it is due', '1 day', [0, 0]],
  ['a minute back: it waits for that much longer', '1 minute', [60, 70]],
  ['forward: it is due', '-1 hour', [-3_600, -3_590]],
] as const)('after the clock was set %s; a backoff never grows beyond the longest one', async (_, by, [least, most]) => {
  await using loads = await Loads.create()
  const { claim } = await loads.claim(['day'])
  await loads.warehouse.publish(loads.publication(claim, [], new Map([['day', 'failure']])))
  await loads.warehouse.query(`UPDATE tidemark.claims SET not_before = not_before + INTERVAL '${by}'`)
  const [backoff] = await loads.warehouse.backoffs(loads.pipeline.name)
  const seconds = ((backoff?.notBefore.getTime() ?? Number.NaN) - Date.now()) / 1_000
  expect(seconds).toBeGreaterThan(least - 5)
  expect(seconds).toBeLessThanOrEqual(most)
})

async function standing(loads: Loads): Promise<string[]> {
  return (await loads.warehouse.claims()).map(({ claim }) => claim)
}
