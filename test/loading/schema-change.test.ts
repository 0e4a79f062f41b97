import { expect, test } from '@jest/globals'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'

const COLUMNS = { columns: { n: 'INTEGER', t: 'VARCHAR' }, checks: [] }

async function load(running: Running, key: string, content: string) {
  await running.workspace.drop(`${key}.csv`, content)
  return running.tidemark.importPartition(running.pipeline, key)
}

test('columns that come are added to the table, once, whatever their letter case; those that go are NULL', async () => {
  await using workspace = await Workspace.create({ ...COLUMNS, onSchemaChange: 'addColumns' })
  await using running = await Running.start(workspace)
  await load(running, 'a', 'n,t\n1,x\n')
  await load(running, 'b', 'n,Größe\n2,"y ""z"""\n')
  await load(running, 'c', 'GRÖSSE,n,t,größe\n,3,w,q\n')
  await load(running, 'a', 'n,GRÖßE\n4,q\n')
  expect(await running.rows('SELECT * EXCLUDE (_tidemark_partition, _tidemark_file) FROM prices ORDER BY n')).toEqual([
    { n: 2, t: null, Größe: 'y "z"', GRÖSSE: null },
    { n: 3, t: 'w', Größe: 'q', GRÖSSE: null },
    { n: 4, t: null, Größe: 'q', GRÖSSE: null },
  ])
  await expect(load(running, 'd', 'n,t,_tidemark_x\n1,x,1\n')).rejects.toMatchObject({ cause: { type: 'FileHeld' } })
})

test('what is not declared is rescued into one column, which a table without it gets', async () => {
  await using workspace = await Workspace.create({ ...COLUMNS, onSchemaChange: 'rescue' })
  await using running = await Running.start(workspace)
  await running.worker.warehouse.query(
    'CREATE TABLE prices (n INTEGER, t VARCHAR, _tidemark_partition VARCHAR, _tidemark_file VARCHAR)',
  )
  await load(running, 'a', 'n,t\n1,x\n')
  await load(running, 'b', 'extra,n\n7,2\n')
  expect(
    await running.rows("SELECT n, t, _tidemark_rescued, _tidemark_rescued->>'$.extra' AS extra FROM prices ORDER BY n"),
  ).toEqual([
    { n: 1, t: 'x', _tidemark_rescued: null, extra: null },
    { n: 2, t: null, _tidemark_rescued: '{"extra":"7"}', extra: '7' },
  ])
})
