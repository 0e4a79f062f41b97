import { expect, test } from '@jest/globals'
import type { PartitionRecord } from '../../src/warehouse/partition-record.ts'
import { Loads } from './staged-outcomes.ts'

test('what ledger and claims know of each partition, of newest versions that are there', async () => {
  await using loads = await Loads.create()
  const { warehouse } = loads
  const { name } = loads.pipeline
  const before = Date.now()
  await loads.load(
    await loads.good('two', 'SELECT 1 AS n UNION ALL SELECT 2', 'two-a.csv'),
    await loads.good('two', 'SELECT 3 AS n', 'two-b.csv'),
    await loads.good('corrected', 'SELECT 1 AS n'),
    await loads.good('spoilt', 'SELECT 1 AS n'),
    await loads.good('taken', 'SELECT 1 AS n'),
    loads.held('held', 'bad'),
    loads.held('mended', 'bad'),
  )
  await loads.load(await loads.good('corrected', 'SELECT 1 AS n UNION ALL SELECT 2'), loads.held('spoilt', 'bad now'))
  await loads.load(await loads.good('mended', 'SELECT 1 AS n'))
  await warehouse.decide(name, 'taken.csv', { decision: 'remove', reason: 'wrong', by: 'bea' })
  await loads.load(await loads.good('taken', 'SELECT 9 AS n', 'another.csv')) // a load carries the decision out
  await loads.claim(['two', 'new'])
  const { records, begunMs } = await warehouse.partitionRecords(name)
  expect(begunMs).toBeUndefined()
  const shown = (record: PartitionRecord) => {
    const { key, firstLoadedMs, loadedMs, claimed, ...counts } = record
    for (const ms of [firstLoadedMs, loadedMs]) if (ms !== undefined) expect(Math.abs(ms - before)).toBeLessThan(3_600_000)
    const told = Object.entries(counts).filter(([, count]) => count > 0)
    return [key, Object.fromEntries(told), loadedMs !== undefined, claimed]
  }
  expect(records.map(shown).sort()).toEqual([
    ['corrected', { files: 1, rows: 2 }, true, false],
    ['held', { held: 1 }, false, false],
    ['mended', { files: 1, rows: 1 }, true, false],
    ['new', {}, false, true],
    ['spoilt', { files: 1, rows: 1, held: 1 }, true, false],
    ['taken', { files: 1, rows: 1, removed: 1 }, true, false],
    ['two', { files: 2, rows: 3 }, true, true],
  ])
  expect(await warehouse.partitionRecords('other')).toEqual({ records: [], begunMs: undefined })
})

test('when a pipeline began', async () => {
  await using loads = await Loads.create()
  const { name } = loads.pipeline
  await loads.warehouse.begin({ pipeline: name, run: { workflowId: 'w', runId: 'r' } })
  const { begunMs = 0 } = await loads.warehouse.partitionRecords(name)
  expect(Math.abs(begunMs - Date.now())).toBeLessThan(3_600_000)
})
