import { rename, rm } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { localFolder } from '../../src/config/define.ts'
import { prices } from '../harness/prices.ts'
import { until } from '../harness/until.ts'
import { Watched } from './watched.ts'

async function inTable({ warehouse }: Watched) {
  const { rows } = await warehouse.query('SELECT DISTINCT _tidemark_file AS file FROM prices ORDER BY ALL')
  return rows.map(({ file }) => file)
}

/** Sweeps and loads what is ready, until one file is known to be gone and the table holds these files. */
function settle(watched: Watched, files: readonly string[]): Promise<boolean> {
  return until(`rows of ${files}`, async () => {
    watched.watcher.sweepSoon()
    for (const { key } of (await watched.look()).partitions) await watched.load(key)
    const { rows } = await watched.warehouse.query(
      'SELECT count(*)::INTEGER AS gone FROM tidemark.files WHERE gone_at IS NOT NULL',
    )
    return rows[0]?.gone === 1 && String(await inTable(watched)) === String(files)
  })
}

test.each([
  ['skip', 'remove', ['new.csv', 'other.csv']],
  ['skip', 'keep', ['old.csv', 'other.csv']],
  ['load', 'remove', ['new.csv', 'other.csv']],
  ['hold', 'remove', ['other.csv']],
] as const)('a renamed file with onDuplicate %s and onDeleted %s: %j', async (onDuplicate, onDeleted, files) => {
  const source = localFolder('source', { files: '{partition}.csv', settle: '0s' })
  await using watched = await Watched.create({ source, onDuplicate, onDeleted })
  await watched.workspace.drop('old.csv', prices(1))
  await watched.workspace.drop('other.csv', prices(2))
  for (const key of await watched.readyKeys()) await watched.load(key)
  await rename(watched.workspace.path('old.csv'), watched.workspace.path('new.csv'))
  await settle(watched, files)
  const [newest] = await watched.warehouse.files(watched.workspace.pipeline, { path: 'new.csv' })
  expect(newest?.status).toBe(files[0] === 'new.csv' ? 'loaded' : onDuplicate === 'skip' ? 'duplicate' : 'held')
})

test('a skipped copy whose original is corrected is loaded by the next sweep', async () => {
  const source = localFolder('source', { files: '{partition}.csv', settle: '0s' })
  await using watched = await Watched.create({ source, onDuplicate: 'skip' })
  await watched.workspace.drop('a.csv', prices(1))
  await watched.workspace.drop('b.csv', prices(1))
  for (const key of await watched.readyKeys()) await watched.load(key)
  expect(await inTable(watched)).toEqual(['a.csv'])
  await watched.look()
  await rm(watched.workspace.path('a.csv'))
  await watched.workspace.drop('a.csv', prices(5))
  await watched.load('a')
  watched.watcher.sweepSoon()
  expect(await watched.readyKeys()).toEqual(['b'])
  await watched.load('b')
  expect(await inTable(watched)).toEqual(['a.csv', 'b.csv'])
  expect(await watched.warehouse.openDecisions(watched.workspace.pipeline)).toEqual([])
})
