import { expect, test } from '@jest/globals'
import { Tidemark } from '../../src/client/index.ts'
import { partitionId } from '../../src/names.ts'
import { duckdbWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse.ts'
import { Program } from '../harness/program.ts'
import { Running } from '../harness/running.ts'
import { testServer } from '../harness/server-address.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { writeConfig } from './config-file.ts'

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
