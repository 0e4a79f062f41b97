import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Version } from '../../src/warehouse/warehouse.ts'
import { Loads, RUN } from './staged-outcomes.ts'

async function visited(
  loads: Loads,
  pipeline: string,
): Promise<{ readonly told: number; readonly versions: readonly Version[] }> {
  let told = -1
  const versions: Version[] = []
  await loads.warehouse.visitVersions(pipeline, (rows) => {
    told = rows
    return (version) => versions.push(version)
  })
  return { told, versions: versions.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.sequence - b.sequence)) }
}

test('a visit sees each version as it is in the ledger, and how many there are before', async () => {
  await using loads = await Loads.create()
  expect(await visited(loads, loads.pipeline.name)).toEqual({ told: 0, versions: [] })
  await loads.load(await loads.good('a', 'SELECT 1 AS n'), loads.held('b', 'bad'), await loads.good('c', 'SELECT 3 AS n'))
  await loads.load(await loads.good('a', 'SELECT 2 AS n'))
  const { claim } = await loads.claim(['c'])
  const gone = [{ path: 'c.csv', key: 'c' }]
  await loads.warehouse.publish({ ...loads.publication(claim, []), keys: ['c'], gone })
  const { told, versions } = await visited(loads, loads.pipeline.name)
  expect(told).toBe(4)
  expect(versions).toEqual([
    { path: 'a.csv', sequence: 1, fingerprint: expect.stringMatching(/^f\d+$/), isExpected: true },
    { path: 'a.csv', sequence: 2, fingerprint: expect.stringMatching(/^f\d+$/), isExpected: true },
    { path: 'b.csv', sequence: 1, fingerprint: expect.stringMatching(/^f\d+$/), isExpected: true },
    { path: 'c.csv', sequence: 1, fingerprint: '', isExpected: false },
  ])
  expect(await visited(loads, 'another')).toEqual({ told: 0, versions: [] })
})

test('however long the ledger is, and whatever its files are called', async () => {
  await using loads = await Loads.create()
  const paths = Array.from({ length: 45_000 }, (_, index) => `${index}.csv`)
  paths.push('ü 😀.csv', `it's "b".csv`, 'line\nend.csv', '\\n, %20.csv', '\u0001.csv', '\\xff.csv')
  const file = join(loads.workspace.folder, 'left-out.json')
  const line = (path: string) =>
    JSON.stringify({ path, fingerprint: `of ${path}`, size: 7, modified_at: 0, partition_key: path.slice(0, -4) })
  await writeFile(file, paths.map((path) => `${line(path)}\n`).join(''))
  await loads.warehouse.begin({ pipeline: loads.pipeline.name, leftOut: { file, reason: 'first' }, run: RUN })
  const { told, versions } = await visited(loads, loads.pipeline.name)
  expect(told).toBe(paths.length)
  expect(versions).toEqual(paths.sort().map((path) => ({ path, sequence: 1, fingerprint: `of ${path}`, isExpected: true })))
})
