import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { localSource } from '../../../src/sources/local/local-source.ts'
import { put, putMany, until, withFolder } from '../folder.ts'

const HINTED_WITHIN_MS = 500

/** A watch with a record of what it said. */
async function watching(folder: string) {
  const hints = new Set<string | undefined>()
  const failures: string[] = []
  const watch = await localSource({ folder }).watch({
    hint: (path) => hints.add(path),
    failed: (reason) => failures.push(reason),
  })
  return { hints, failures, [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose]() }
}

test('a new, a changed and a moved-in file are hinted by name', () =>
  withFolder(async (folder) => {
    await put(folder, 'sub/old.csv')
    await using watch = await watching(folder)
    await writeFile(join(folder, 'new [1]%.csv'), 'x')
    await writeFile(join(folder, 'sub', 'old.csv'), 'changed')
    await writeFile(join(folder, '.part'), 'x')
    await rename(join(folder, '.part'), join(folder, 'sub', 'moved.csv'))
    for (const path of ['new [1]%.csv', 'sub/old.csv', 'sub/moved.csv'])
      await until(() => watch.hints.has(path), HINTED_WITHIN_MS)
    expect(watch.failures).toEqual([])
  }))

test('a file in a new subfolder is hinted, by name once the folder is watched', () =>
  withFolder(async (folder) => {
    await using watch = await watching(folder)
    await put(folder, 'new/deeper/first.csv')
    await until(() => watch.hints.has(undefined), HINTED_WITHIN_MS)
    await until(async () => {
      await writeFile(join(folder, 'new/deeper/second.csv'), 'x')
      return watch.hints.has('new/deeper/second.csv')
    })
  }))

test('what appears in a new subfolder before it is watched is not lost: a hint follows it', () =>
  withFolder(async (folder) => {
    await using watch = await watching(folder)
    await mkdir(join(folder, 'new'))
    await until(() => watch.hints.has(undefined), HINTED_WITHIN_MS)
    watch.hints.clear()
    await writeFile(join(folder, 'new', 'a.csv'), 'x')
    await until(() => watch.hints.has(undefined) || watch.hints.has('new/a.csv'), HINTED_WITHIN_MS)
  }))

test('folders are watched, files are not', () =>
  withFolder(async (folder) => {
    await putMany(join(folder, 'sub'), 2000)
    const before = inotifyWatches()
    {
      await using watch = await watching(folder)
      expect(inotifyWatches() - before).toBeLessThanOrEqual(2)
      await writeFile(join(folder, 'sub', 'new.csv'), '')
      await until(() => watch.hints.has('sub/new.csv'), HINTED_WITHIN_MS)
      expect(inotifyWatches() - before).toBeLessThanOrEqual(2)
    }
    expect(inotifyWatches()).toBe(before)
  }))

/** As the kernel counts them, where it can be asked. */
function inotifyWatches(): number {
  if (process.platform !== 'linux') return 0
  const infos = readdirSync('/proc/self/fdinfo').map((fd) => {
    try {
      return readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')
    } catch {
      return ''
    }
  })
  return infos
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('inotify ')).length
}

test('nothing is said after the end', () =>
  withFolder(async (folder) => {
    const watch = await watching(folder)
    await mkdir(join(folder, 'sub'))
    await until(() => watch.hints.size > 0)
    await watch[Symbol.asyncDispose]()
    watch.hints.clear()
    await using other = await watching(folder)
    await writeFile(join(folder, 'a.csv'), 'x')
    await until(() => other.hints.has('a.csv'))
    expect(watch.hints.size).toBe(0)
    expect(watch.failures).toEqual([])
  }))

test('links are not followed by the watcher', () =>
  withFolder(async (parent) => {
    const folder = join(parent, 'root')
    await put(parent, 'outside/o.csv')
    await mkdir(folder)
    await symlink('../outside', join(folder, 'out'))
    await symlink('.', join(folder, 'round'))
    const before = inotifyWatches()
    await using _watch = await watching(folder)
    expect(inotifyWatches() - before).toBeLessThanOrEqual(1)
  }))

test('when the folder goes away the watch fails once, and a new one works when it is back', () =>
  withFolder(async (parent) => {
    const folder = join(parent, 'root')
    await put(folder, 'sub/a.csv')
    await using watch = await watching(folder)
    await rm(folder, { recursive: true })
    await mkdir(folder)
    await until(() => watch.failures.length > 0)
    expect(watch.failures).toEqual([expect.stringContaining(folder)])
    await using again = await watching(folder)
    await writeFile(join(folder, 'b.csv'), 'x')
    await until(() => again.hints.has('b.csv'), HINTED_WITHIN_MS)
    expect(watch.failures).toHaveLength(1)
  }))

test('when the system has no more to give the watch fails once, and the listing goes on', () =>
  withFolder(async (folder) => {
    await put(folder, 'sub/a.csv')
    const child = fileURLToPath(new URL('without-handles.ts', import.meta.url))
    const args = [process.execPath, '--import', 'jiti/register', child, folder]
    const { stdout } = await promisify(execFile)('sh', ['-c', 'ulimit -n 200; exec "$@"', 'sh', ...args], { cwd: dirname(child) })
    expect(JSON.parse(stdout)).toEqual({ failures: [expect.stringContaining('EMFILE')], listed: 1 })
  }))
