import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { audit } from '../../src/auditing/audit.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'

/** `kind path: what`, as a person reads it. */
async function audited({ worker, workspace, pipeline }: Running) {
  const result = await audit(new OpenPipelines(workspace.config).get(pipeline), worker.warehouse)
  return { ...result, findings: result.findings.map(({ kind, path, what }) => `${kind} ${path}: ${what}`) }
}

const NAMES = ['fewer', 'more', 'none', 'stray', 'bytes', 'later', 'held', 'twin-a', 'twin-b', 'old', 'empty', 'good']

const BY_HAND = [
  "DELETE FROM prices WHERE _tidemark_file = 'fewer.csv' AND share_price = 1",
  "DELETE FROM prices WHERE _tidemark_file = 'none.csv'",
  "INSERT INTO prices SELECT * FROM prices WHERE _tidemark_file = 'more.csv'",
  'INSERT INTO prices (share_price) VALUES (1), (2), (3)',
  "INSERT INTO prices (share_price, _tidemark_file) VALUES (1, 'nobody''s.csv')",
  "UPDATE prices SET _tidemark_partition = 'another' WHERE _tidemark_file = 'stray.csv'",
]

test('each kind of finding is found, beside a live worker; what is held or doubled on purpose is only told', async () => {
  await using workspace = await Workspace.create({ checks: [] })
  const contents = Object.fromEntries(NAMES.map((name, index) => [name, prices(index + 1, index + 2)]))
  for (const [name, content] of Object.entries({ ...contents, held: 'no header', 'twin-b': contents['twin-a'], empty: prices() }))
    await workspace.drop(`${name}.csv`, content ?? '')
  await using running = await Running.start(workspace)
  await Promise.allSettled(NAMES.map((name) => running.tidemark.importPartition(running.pipeline, name)))
  expect(await audited(running)).toEqual({
    pipeline: running.pipeline,
    files: 11,
    rows: 20,
    gone: 0,
    ignored: 0,
    findings: [],
    held: [{ path: 'held.csv', what: expect.stringMatching(/^version 1: /) }],
    notes: [{ path: 'twin-b.csv', what: 'the same bytes as twin-a.csv; both are loaded' }],
  })

  for (const sql of BY_HAND) await running.rows(sql)
  await workspace.drop('never.csv', prices(1))
  await workspace.drop('later.csv', prices(99))
  await rename(workspace.path('old.csv'), workspace.path('new.csv'))
  await running.tidemark.importPartition(running.pipeline, 'new')
  const before = await audited(running)
  expect(before.findings).toEqual([
    'extra null: 3 rows of no file',
    'missing fewer.csv: 1 row in the table, 2 by the ledger',
    'changed later.csv: it has changed since version 1 (loaded)',
    'duplicated more.csv: 4 rows in the table, 2 by the ledger',
    'missing never.csv: it is in the source and has not been loaded',
    "extra nobody's.csv: 1 row in the table, and no version is loaded",
    'missing none.csv: 0 rows in the table, 2 by the ledger',
    'duplicated old.csv: 2 rows in the table that new.csv has too: it has the same bytes, and old.csv is gone',
    'extra stray.csv: 2 rows carry another partition than the file',
  ])
  expect(before.gone).toBe(1)
})

test('bytes that changed behind an unchanged fingerprint are found', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop('day.csv', prices(1))
  await using running = await Running.start(workspace)
  await running.tidemark.importPartition(running.pipeline, 'day')
  await writeFile(workspace.path('day.csv'), prices(2))
  const { size, mtimeNs, ctimeNs, ino } = await stat(workspace.path('day.csv'), { bigint: true })
  // As on a file system whose times do not tell: nothing else can be the same and have other bytes.
  const fingerprint = `${size}-${mtimeNs}-${ctimeNs}-${ino}`
  await running.rows(`UPDATE tidemark.files SET fingerprint = '${fingerprint}'`)
  expect((await audited(running)).findings).toEqual([
    'changed day.csv: its size and times are those of the version that is loaded, its bytes are not',
  ])
})

test('a file that the source lost is no finding, unless its rows were to go with it', async () => {
  await using kept = await Workspace.create()
  await kept.drop('day.csv', prices(1))
  await kept.drop('other.csv', prices(2))
  await using running = await Running.start(kept)
  await Promise.all(['day', 'other'].map((key) => running.tidemark.importPartition(running.pipeline, key)))
  await rm(kept.path('day.csv'))
  expect(await audited(running)).toMatchObject({ files: 2, rows: 2, gone: 1, findings: [] })
  const remover = new OpenPipelines({
    ...kept.config,
    pipelines: new Map([...kept.config.pipelines].map(([name, pipeline]) => [name, { ...pipeline, onDeleted: 'remove' }])),
  })
  const { findings } = await audit(remover.get(running.pipeline), running.worker.warehouse)
  expect(findings).toMatchObject([{ kind: 'extra', path: 'day.csv', what: expect.stringContaining('gone from the source') }])
  await rm(kept.path('other.csv'))
  const empty = await audit(remover.get(running.pipeline), running.worker.warehouse)
  expect(empty.findings).toEqual([])
})
