import { execFileSync } from 'node:child_process'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { localFolder } from '../../src/config/define.ts'
import { partitionId } from '../../src/names.ts'
import { explained } from '../harness/explained.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

const KEYS = [
  'with space',
  ' ends with a space ',
  'Ünïcødé-日本語-😀',
  'e\u0301 in two parts',
  'it\'s "quoted" `three` ways',
  '100%',
  '%2F%00',
  'glob*[a-z]?{b,c}',
  '-rf',
  '--config',
  'new\nline',
  'tab\tand\rreturn',
  'back\\slash\\n',
  '\\xff is text',
  '$HOME;#&|<>',
  'day.csv',
]

test('files of any name are loaded by the sensor, each a partition of that name, once', async () => {
  await using workspace = await Workspace.create()
  for (const [index, key] of KEYS.entries()) await workspace.drop(`${key}.csv`, prices(index + 1))
  await using running = await Running.start(workspace)
  await running.apply()
  await until('all of them', async () => (await running.ledger()).length >= KEYS.length)
  const rows = await running.rows('SELECT _tidemark_partition AS key, _tidemark_file AS file, share_price AS price FROM prices')
  expect(rows).toHaveLength(KEYS.length)
  expect(rows).toEqual(expect.arrayContaining(KEYS.map((key, index) => ({ key, file: `${key}.csv`, price: index + 1 }))))
  const entries = await running.ledger()
  expect(entries).toHaveLength(KEYS.length)
  expect(entries).toEqual(
    expect.arrayContaining(
      KEYS.map((key) =>
        expect.objectContaining({
          path: `${key}.csv`,
          partition_key: key,
          status: 'loaded',
          sequence: 1,
          workflow_id: partitionId(running.pipeline, key),
        }),
      ),
    ),
  )
})

test('folders of any name, and more files than the sensor starts one by one, are loaded by a batch', async () => {
  await using workspace = await Workspace.create({
    source: localFolder('source', { files: '**/{partition}.csv', settle: '200ms' }),
  })
  const paths = [...KEYS, 'plain', 'deep/er/[1]*', 'a', 'b', 'c', 'd'].map((folder) => `${folder}/in ${folder.length} %.csv`)
  for (const path of paths) await workspace.drop(path, prices(1))
  await using running = await Running.start(workspace)
  const batch = await running.tidemark.startAll(running.pipeline)
  expect(await batch.result()).toEqual({ loaded: paths.length, held: 0, rows: paths.length })
  expect(Object.keys(await running.sharePrices()).sort()).toEqual([...paths].sort())
})

test('a key too long for a workflow id is held by a batch, which the sensor starts for it', async () => {
  await using workspace = await Workspace.create()
  const longest = 'k'.repeat(200)
  await workspace.drop(`${longest}.csv`, prices(1))
  await workspace.drop(`${longest}k.csv`, prices(2))
  await using running = await Running.start(workspace)
  await running.apply()
  expect(await running.outcome(`${longest}k.csv`)).toMatchObject({ status: 'held', error: 'key of 201 bytes; at most 200' })
  expect(await running.outcome(`${longest}.csv`)).toMatchObject({ status: 'loaded' })
  expect(await explained(running, `${longest}k.csv`)).toContain('partition: key of 201 bytes; at most 200')
})

test('links that lead out, named pipes and names that are no text are held with the reason, and nothing of them is read', async () => {
  await using workspace = await Workspace.create()
  await writeFile(join(workspace.folder, 'outside.csv'), prices(1))
  await symlink('../outside.csv', workspace.path('out.csv'))
  await symlink('not-there.csv', workspace.path('nothing.csv'))
  await symlink('good.csv', workspace.path('inside.csv'))
  execFileSync('mkfifo', [workspace.path('pipe.csv')])
  await writeFile(Buffer.concat([Buffer.from(workspace.path('b')), Buffer.from([0xff]), Buffer.from('d.csv')]), prices(1))
  await workspace.drop('good.csv', prices(2))
  await using running = await Running.start(workspace)
  await running.apply()
  const reasons = {
    'out.csv': 'a link that leads out of the source',
    'nothing.csv': 'a link to nothing',
    'pipe.csv': 'a named pipe',
    'b\\xffd.csv': 'a name that is not UTF-8',
  }
  for (const [path, error] of Object.entries(reasons)) {
    expect(await running.outcome(path)).toMatchObject({ status: 'held', error, content_hash: null })
    expect(await explained(running, path)).toContain(error)
  }
  await Promise.all(['good.csv', 'inside.csv'].map((path) => running.outcome(path)))
  expect(await running.sharePrices()).toEqual({ 'good.csv': [2], 'inside.csv': [2] })
})
