import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { LeftOut } from '../../src/warehouse/warehouse.ts'
import { Loads, RUN } from './staged-outcomes.ts'

function leftOut(key: string, path = `${key}.csv`): LeftOut {
  return { path, fingerprint: `of ${path}`, size: 7, modified_at: Date.parse('2020-01-02T03:04:05.678Z'), partition_key: key }
}

async function begin(loads: Loads, ...files: readonly object[]): Promise<number> {
  const file = join(loads.workspace.folder, "left [out]'s.json")
  await writeFile(file, files.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return loads.warehouse.begin({ pipeline: loads.pipeline.name, leftOut: { file, reason: 'as initial says' }, run: RUN })
}

test('what is left out is written once, with its mark, whatever it is called', async () => {
  await using loads = await Loads.create()
  const { name } = loads.pipeline
  expect(await loads.warehouse.hasBegun(name)).toBe(false)
  const names = ['a', 'ü 😀', `it's "b"`, 'line\nend', '\\n, %20']
  expect(await begin(loads, ...names.map((name) => leftOut(name)))).toBe(names.length)
  expect(await loads.warehouse.hasBegun(name)).toBe(true)
  expect(await loads.warehouse.hasBegun('another')).toBe(false)
  const entries = await loads.warehouse.files(name)
  expect(entries.map(({ path }) => path).sort()).toEqual(names.map((name) => `${name}.csv`).sort())
  expect(entries.find(({ path }) => path === 'a.csv')).toMatchObject({
    sequence: 1,
    fingerprint: 'of a.csv',
    size: 7,
    modified_at: '2020-01-02T03:04:05.678Z',
    partition_key: 'a',
    status: 'ignored',
    rows: null,
    error: 'as initial says',
    workflow_id: RUN.workflowId,
    loaded_at: null,
    gone_at: null,
    decision: null,
  })
  expect(await loads.warehouse.counts(name)).toMatchObject({ ignored: names.length, loaded: 0, held: 0, rows: 0 })
  expect(await begin(loads, leftOut('later'))).toBe(0)
  expect(await loads.warehouse.files(name, { path: 'later.csv' })).toEqual([])
})

test('what the ledger knows is not left out, nor what is in a partition that is being loaded', async () => {
  await using loads = await Loads.create()
  await loads.load(await loads.good('known', 'SELECT 1 AS n'), loads.held('held', 'bad'))
  await loads.claim(['loading'])
  const backoff = await loads.claim(['failed'])
  await loads.warehouse.publish(loads.publication(backoff.claim, [], new Map([['failed', 'unreadable']])))
  expect(await begin(loads, ...['known', 'held', 'loading', 'failed', 'other'].map((key) => leftOut(key)))).toBe(2)
  expect(await loads.ledgerLines()).toEqual([
    'failed.csv#1 ignored null',
    'held.csv#1 held null',
    'known.csv#1 loaded 1',
    'other.csv#1 ignored null',
  ])
})

test('a beginning that fails leaves no mark and no entry', async () => {
  await using loads = await Loads.create()
  const broken = { ...leftOut('b'), size: 'large' }
  await expect(begin(loads, leftOut('a'), broken)).rejects.toMatchObject({ code: 'WarehouseFailed' })
  expect(await loads.warehouse.hasBegun(loads.pipeline.name)).toBe(false)
  expect(await loads.ledgerLines()).toEqual([])
  expect(await begin(loads, leftOut('a'))).toBe(1)
})

test('what a version comes to that was left out stands in for its entry; a newer one follows it', async () => {
  await using loads = await Loads.create()
  await begin(loads, leftOut('a'), leftOut('b'), leftOut('c'), leftOut('d'))
  const [a, d] = [await loads.good('a', 'SELECT 1 AS n'), await loads.good('d', 'SELECT 4 AS n')]
  await loads.load({ ...a, ignoredBefore: true }, { ...loads.held('b', 'bad'), ignoredBefore: true }, d)
  expect(await loads.ledgerLines()).toEqual([
    'a.csv#1 loaded 1',
    'b.csv#1 held null',
    'c.csv#1 ignored null',
    'd.csv#1 ignored null',
    'd.csv#2 loaded 1',
  ])
})
