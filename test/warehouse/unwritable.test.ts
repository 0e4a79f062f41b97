import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { duckdbWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse.ts'
import { Program } from '../harness/program.ts'
import { Workspace } from '../harness/workspace.ts'

test('a warehouse that may not be written, or not be made, is an error that names the file and the mend', async () => {
  await using workspace = await Workspace.create()
  const [closed, readOnly] = [workspace.path('closed'), workspace.path('read-only.duckdb')]
  await mkdir(closed)
  {
    await using warehouse = duckdbWarehouse({ file: readOnly })
    await warehouse.identity()
  }
  for (const path of [workspace.folder, closed]) await chmod(path, 0o755)
  await chmod(readOnly, 0o444)
  if (process.getuid?.() !== 0) await chmod(closed, 0o555)
  const files = [readOnly, `${closed}/made.duckdb`, `${closed}/folder/made.duckdb`]
  await using program = Program.start(new URL('open-as-nobody.ts', import.meta.url), files)
  await program.printed('\n')
  const told: string[] = JSON.parse(program.output)
  for (const [index, file] of files.entries()) {
    expect(told[index]).toMatch(new RegExp(`^${file}: .*; let the user that runs Tidemark write there, and work goes on$`, 'i'))
  }
})

test('a warehouse whose folder is a file is told, and made once it is none', async () => {
  await using workspace = await Workspace.create()
  const file = workspace.path('place/warehouse.duckdb')
  await writeFile(workspace.path('place'), 'in the way')
  await using warehouse = duckdbWarehouse({ file })
  await expect(warehouse.identity()).rejects.toMatchObject({
    code: 'WarehouseFailed',
    message: expect.stringContaining('its folder is none: move away what lies there, or change the config'),
  })
  await rm(workspace.path('place'))
  expect(await warehouse.identity()).toMatch(/^[0-9a-f-]{36}$/)
})
