import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { prices } from '../harness/prices.ts'
import { Watched } from './watched.ts'

const LOOKS = 1_000

test('1,000 sweeps with no news forget nothing: a file that changes after them, and a new one, are found', async () => {
  await using watched = await Watched.create()
  const { workspace, watcher } = watched
  for (const day of ['a', 'b', 'c']) await workspace.drop(`${day}.csv`, prices(1))
  expect(await watched.readyKeys()).toEqual(['a', 'b', 'c'])
  for (const day of ['a', 'b', 'c']) await watched.load(day)

  for (let looks = 0; looks < LOOKS; looks++) {
    watcher.sweepSoon()
    expect(await watched.look()).toEqual({ many: false, partitions: [] })
  }
  expect(watcher.failing).toBeNull()
  expect(watcher.lastSweep?.files).toBe(3)

  await workspace.drop('b.csv', prices(2))
  expect(await watched.readyKeys()).toEqual(['b'])
  await watched.load('b')
  await workspace.drop('d.csv', prices(3))
  expect(await watched.readyKeys()).toEqual(['d'])
  await watched.load('d')
  watcher.sweepSoon()
  expect(await watched.look()).toEqual({ many: false, partitions: [] })
})

test('a file that nobody loads stays ready through 1,000 looks', async () => {
  await using watched = await Watched.create()
  await watched.workspace.drop('a.csv', prices(1))
  expect(await watched.readyKeys()).toEqual(['a'])
  for (let looks = 0; looks < LOOKS; looks++) {
    const { partitions } = await watched.look({ leaveOut: (key) => key === 'a' })
    expect(partitions).toEqual([])
  }
  expect(await watched.readyKeys()).toEqual(['a'])
})

test('an idle watcher leaves the warehouse to others: it looks 1,000 times while another process has it', async () => {
  await using watched = await Watched.create()
  await watched.workspace.drop('a.csv', prices(1))
  await watched.ready()
  await watched.load('a')
  await watched.look() // compares what has just been loaded, for the last time
  await using other = await anotherProcess(watched.workspace.config.warehouse.file)
  expect(other.said).toBe('1 file\n')
  for (let looks = 0; looks < LOOKS; looks++) {
    if (looks % 100 === 0) watched.watcher.sweepSoon()
    expect(await watched.look()).toEqual({ many: false, partitions: [] })
  }
})

/** It opens the DuckDB file to write, which only one process can do, as soon as it can. */
async function anotherProcess(file: string) {
  const program = fileURLToPath(new URL('take-warehouse.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'jiti/register', program, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const [said] = await Promise.race([once(child.stdout, 'data'), exited])
  return {
    said: String(said),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
