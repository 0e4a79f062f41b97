import { expect, test } from '@jest/globals'
import { Loads } from './staged-outcomes.ts'

async function copies(loads: Loads, ...files: readonly (readonly [key: string, bytes: string])[]) {
  const outcomes = []
  for (const [key, bytes] of files) outcomes.push(loads.withBytes(await loads.good(key, `SELECT unnest([1, 2]) AS n`), bytes))
  return outcomes
}

const inTable = 'SELECT _tidemark_file FROM prices GROUP BY ALL ORDER BY ALL'

test('load: the copy is loaded and said to be one; the same path again and files without rows are no copies', async () => {
  await using loads = await Loads.create()
  await loads.load(...(await copies(loads, ['a', 'x'])))
  const { outcomes } = await loads.load(...(await copies(loads, ['b', 'x'])))
  expect(outcomes).toMatchObject([{ verdict: 'good', duplicateOf: 'a.csv' }])
  const again = await loads.load(...(await copies(loads, ['b', 'x'])))
  expect(again.outcomes[0]).not.toHaveProperty('duplicateOf')
  const empty = async (key: string) => loads.withBytes(await loads.good(key, 'SELECT 1 AS n LIMIT 0'), 'header')
  const headers = await loads.load(await empty('c'), await empty('d'))
  for (const outcome of headers.outcomes) expect(outcome).not.toHaveProperty('duplicateOf')
  expect(await loads.ledgerLines()).toEqual([
    'a.csv#1 loaded 2',
    'b.csv#1 superseded 2',
    'b.csv#2 loaded 2',
    'c.csv#1 loaded 0',
    'd.csv#1 loaded 0',
  ])
})

test('skip: of copies in one transaction the first path is loaded, and a copy takes the rows of its older version out', async () => {
  await using loads = await Loads.create({ onDuplicate: 'skip' })
  await loads.load(...(await copies(loads, ['b', 'old'])))
  const { outcomes } = await loads.load(...(await copies(loads, ['c', 'x'], ['b', 'x'], ['a', 'x'])))
  expect(outcomes.map(({ listed, verdict }) => `${listed.path} ${verdict}`)).toEqual([
    'c.csv duplicate',
    'b.csv duplicate',
    'a.csv good',
  ])
  expect(await loads.values(inTable)).toEqual(['a.csv'])
  expect(await loads.ledgerLines()).toEqual([
    'a.csv#1 loaded 2',
    'b.csv#1 superseded 2',
    'b.csv#2 duplicate null',
    'c.csv#1 duplicate null',
  ])
  const [entry] = await loads.warehouse.files(loads.pipeline.name, { path: 'c.csv' })
  expect(entry).toMatchObject({ error: 'same bytes as a.csv', decision: null })
})

test('skip: a copy is to be tried again once no other path is loaded with its bytes', async () => {
  await using loads = await Loads.create({ onDuplicate: 'skip' })
  const decision = async () => {
    const [entry] = await loads.warehouse.files(loads.pipeline.name, { path: 'b.csv' })
    return entry && [entry.status, entry.decision, entry.reason, entry.decided_by, entry.carried_out_at]
  }
  await loads.load(...(await copies(loads, ['a', 'x'], ['b', 'x'])))
  expect(await decision()).toEqual(['duplicate', null, null, null, null])
  await loads.load(loads.held('a', 'no header'))
  expect(await decision()).toEqual(['duplicate', null, null, null, null])
  await loads.load(...(await copies(loads, ['a', 'y'])))
  expect(await decision()).toEqual(['duplicate', 'retry', 'a.csv is no longer loaded', 'tidemark', null])
})

test.each(['after', 'before'] as const)(
  'skip: a copy that is gone is not to be tried again, %s its original left',
  async (when) => {
    await using loads = await Loads.create({ onDuplicate: 'skip' })
    await loads.load(...(await copies(loads, ['a', 'x'], ['b', 'x'])))
    const loseCopy = async () => {
      const { claim } = await loads.claim(['b'])
      const gone = [{ path: 'b.csv', key: 'b' }]
      await loads.warehouse.publish({ ...loads.publication(claim, []), keys: ['b'], gone })
    }
    if (when === 'before') await loseCopy()
    await loads.load(...(await copies(loads, ['a', 'y'])))
    if (when === 'after') await loseCopy()
    expect(await loads.warehouse.openDecisions(loads.pipeline.name)).toEqual([])
    const [entry] = await loads.warehouse.files(loads.pipeline.name, { path: 'b.csv' })
    expect(entry).toMatchObject({ status: 'duplicate', decision: null, gone_at: expect.any(String) })
  },
)

test('skip: the original is corrected in the transaction that brings its copy, which is loaded then', async () => {
  await using loads = await Loads.create({ onDuplicate: 'skip' })
  await loads.load(...(await copies(loads, ['a', 'x'])))
  await loads.load(...(await copies(loads, ['b', 'x'], ['a', 'y'])))
  expect(await loads.ledgerLines()).toEqual(['a.csv#1 superseded 2', 'a.csv#2 loaded 2', 'b.csv#1 loaded 2'])
})

test.each(['same', 'held'] as const)(
  'skip: an original whose newest version is %s keeps its rows, and its copy has none',
  async (now) => {
    await using loads = await Loads.create({ onDuplicate: 'skip' })
    await loads.load(...(await copies(loads, ['a', 'x'])))
    const original = now === 'same' ? loads.withBytes(loads.same('a'), 'x') : loads.held('a', 'no header')
    await loads.load(original, ...(await copies(loads, ['b', 'x'])))
    expect(await loads.values(inTable)).toEqual(['a.csv'])
  },
)

test('hold: the copy is held and says of what', async () => {
  await using loads = await Loads.create({ onDuplicate: 'hold' })
  await loads.load(...(await copies(loads, ['a', 'x'], ['b', 'x'])))
  expect(await loads.values(inTable)).toEqual(['a.csv'])
  const [entry] = await loads.warehouse.files(loads.pipeline.name, { path: 'b.csv' })
  expect(entry).toMatchObject({ status: 'held', error: 'same bytes as a.csv; `tidemark release` loads it all the same' })
})
