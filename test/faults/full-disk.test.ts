import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Tidemark } from '../../src/client/index.ts'
import { localFolder } from '../../src/config/define.ts'
import { partitionId } from '../../src/names.ts'
import { duckdbWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse.ts'
import { Program } from '../harness/program.ts'
import { Running } from '../harness/running.ts'
import { testServer } from '../harness/server-address.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { writeConfig } from './config-file.ts'
import { leftovers, loadOnce } from './load-once.ts'
import { SmallDisk } from './small-disk.ts'

/** Room for what is staged of a file, and for the rows of one file, not for those of three. */
const BLOCKS = 4_096
const ROWS = 100_000
const FILES = ['a', 'b', 'c']

test('when the disk is full, nothing is half there, the failure says how to mend it, and loads go on when there is room', async () => {
  const columns = { columns: { n: 'BIGINT' }, checks: [] }
  await using workspace = await Workspace.create(columns)
  for (const [at, key] of FILES.entries()) await workspace.drop(`${key}.csv`, numbers(at + 1))
  await using tidemark = await Tidemark.connect({ address: testServer(), taskQueue: workspace.pipeline })
  for (const key of FILES) await tidemark.startPartition(workspace.pipeline, key)
  {
    const args = [await writeConfig(workspace, columns), testServer()]
    await using _ = Program.startInLittleRoom(new URL('worker-in-little-room.ts', import.meta.url), args, BLOCKS)
    const failure = await until('a load that fails', () => failureOf(tidemark, workspace))
    expect(failure).toMatch(/warehouse\.duckdb: .*File too large.*; make room on its disk, and work goes on$/)
    await expectWholeFiles(workspace)
  }
  await using running = await Running.start(workspace)
  for (const key of FILES)
    expect(await tidemark.importPartition(workspace.pipeline, key)).toMatchObject({ state: 'loaded', rows: ROWS })
  expect(await running.ledgerLines()).toEqual(FILES.map((key) => `${key}.csv#1 loaded`))
  expect(await running.rows('SELECT count(*)::INTEGER AS n, count(DISTINCT n)::INTEGER AS d FROM prices')).toEqual([
    { n: 3 * ROWS, d: 3 * ROWS },
  ])
})

test('a disk that is full under the warehouse, or under what is staged, holds no file; loads go on when there is room', async () => {
  const source = localFolder('source', { files: '{partition}.csv', settle: '0s' })
  await using workspace = await Workspace.create({ columns: { n: 'BIGINT' }, checks: [], source })
  await using disk = await SmallDisk.mount(join(workspace.folder, 'disk'), 16)
  if (disk === undefined) return // the test above limits the room in a way that is open to everybody
  const file = join(disk.folder, 'warehouse.duckdb')
  const config = { ...workspace.config, warehouse: { ...workspace.config.warehouse, file } }
  await workspace.drop('small.csv', 'n\n1\n')
  await using warehouse = duckdbWarehouse({ file })
  expect(await loadOnce(config, warehouse, 'small')).toMatchObject({ state: 'loaded' })
  const onlySmall = [{ path: 'small.csv', status: 'loaded' }]

  await workspace.drop('a.csv', numbers(1))
  await disk.fill()
  await expect(loadOnce(config, warehouse, 'a')).rejects.toThrow(/; make room on its disk, and work goes on$/)
  await disk.makeRoom()
  expect(await warehouse.files(workspace.pipeline)).toMatchObject(onlySmall)
  expect((await warehouse.query('FROM prices')).rows).toHaveLength(1)

  await disk.fill()
  await using elsewhere = duckdbWarehouse({ file: workspace.config.warehouse.file })
  const staged = { ...workspace.config, stateFolder: disk.folder }
  await expect(loadOnce(staged, elsewhere, 'a')).rejects.toMatchObject({ code: 'StagingFailed' })
  await disk.makeRoom()
  expect(await elsewhere.files(workspace.pipeline)).toEqual([])

  for (const [where, into] of [
    [config, warehouse],
    [staged, elsewhere],
  ] as const) {
    expect(await loadOnce(where, into, 'a')).toMatchObject({ state: 'loaded', rows: ROWS })
    expect(await leftovers(where, into)).toEqual({ claims: [], staged: [] })
  }
})

/** Numbers that do not compress, other ones for each file. */
function numbers(file: number): string {
  const lines = Array.from({ length: ROWS }, (_, row) => String((BigInt(row * 3 + file) * 2_654_435_761n) % 2n ** 48n))
  return `n\n${lines.join('\n')}\n`
}

async function failureOf({ client }: Tidemark, { pipeline }: Workspace): Promise<string | undefined> {
  for (const key of FILES) {
    const { raw } = await client.workflow.getHandle(partitionId(pipeline, key)).describe()
    const message = raw.pendingActivities?.[0]?.lastFailure?.message
    if (message) return message
  }
  return undefined
}

async function expectWholeFiles({ config, pipeline }: Workspace): Promise<void> {
  await using warehouse = duckdbWarehouse({ file: config.warehouse.file, readOnly: true, patienceMs: 10_000 })
  const loaded = (await warehouse.files(pipeline)).map(({ path, rows }) => ({ path, rows: String(rows) }))
  expect(loaded.length).toBeLessThan(FILES.length)
  if (loaded.length === 0) return
  const { rows } = await warehouse.query('SELECT _tidemark_file AS path, count(*) AS rows FROM prices GROUP BY ALL ORDER BY ALL')
  expect(rows).toEqual(loaded)
}
