import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

/** Another process that has the DuckDB file open for reading. */
async function reader(file: string) {
  const program = fileURLToPath(new URL('hold-warehouse.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'jiti/register', program, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const end = async () => {
    child.kill('SIGKILL')
    await exited
  }
  const [said] = await Promise.race([once(child.stdout, 'data'), exited])
  return { pid: child.pid, said: String(said), end, [Symbol.asyncDispose]: end }
}

test('a load waits for a reader that holds the warehouse, says who it is by process id, and goes on when it is free', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop('a.csv', prices(1))
  await using running = await Running.start(workspace)
  await running.tidemark.importPartition(running.pipeline, 'a')
  await using person = await reader(workspace.config.warehouse.file)
  expect(person.said).toBe('read 1 rows\n')

  await workspace.drop('b.csv', prices(2))
  const load = running.tidemark.importPartition(running.pipeline, 'b')
  const holder = await until('word of who holds the warehouse', () => running.said.holders[0])
  expect(holder).toMatch(new RegExp(`^process ${person.pid} \\(.*node.*\\)$`))
  expect(await running.tidemark.partitionRun(running.pipeline, 'b')).toMatchObject({ open: true, status: 'loading' })

  await person.end()
  expect(await load).toEqual({ state: 'loaded', files: 1, rows: 1, newlyHeld: 0 })
  expect(running.said.holders).toEqual([holder, undefined])
  expect(await running.sharePrices()).toEqual({ 'a.csv': [1], 'b.csv': [2] })
})
