import { tmpdir } from 'node:os'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from '@jest/globals'
import { messageOf } from '../../src/errors.ts'
import { outOfMemory } from '../../src/staging/out-of-memory.ts'

test('a file is to blame for the memory that its records need', async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '50MB' })
  const connection = await instance.connect()
  const message = await connection.run("SELECT list(repeat('x', 1000000)) FROM range(1000)").then(() => 'none', messageOf)
  connection.closeSync()
  instance.closeSync()
  expect(await outOfMemory(message, tmpdir())).toMatchObject({ name: 'HeldFile' })
})

test.each([
  // As DuckDB says it on a full disk.
  [
    "Out of Memory Error: failed to offload data block of size 256.0 KiB (7.0 MiB/7.1 MiB used).\nThis limit was set by the 'max_temp_directory_size' setting.",
    /make room there/,
  ],
  ['Out of Memory Error: Allocation failure', /no memory left/],
])('and not for a full disk, or a machine without memory', async (message, said) => {
  expect(await outOfMemory(message, tmpdir())).toMatchObject({ code: 'StagingFailed', message: expect.stringMatching(said) })
})
