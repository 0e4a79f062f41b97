import { realpath } from 'node:fs/promises'
import pMap from 'p-map'
import { isRelativePath } from '../relative-path.ts'
import type { Listed } from '../source.ts'
import { type FolderReader, statsIn } from './folder-reader.ts'
import { listedOf } from './look.ts'
import { contains, openRoot, type Root } from './root.ts'
import { statFile } from './stat-file.ts'

/** So few are looked at without the thread. */
const FEW = 32
const AT_ONCE = 16
/** Calls of one message to the thread: it cannot be interrupted. */
const TOGETHER = 1_000

interface Together {
  /** A folder without links in it. */
  readonly real: string
  readonly names: readonly string[]
  /** As the source lists them. */
  readonly paths: readonly string[]
}

/** The files that are at these paths now; those that are gone are left out. */
export async function statFiles(folder: string, paths: readonly string[], reader: FolderReader): Promise<Map<string, Listed>> {
  const found = new Map<string, Listed>()
  const alone: string[] = []
  const root = await openRoot(folder)
  for (const { real, names, paths: together } of await inFolders(root, paths, alone)) {
    const { stats } = await reader.stat(real, names)
    for (const [index, path] of together.entries()) {
      const now = statsIn(stats, index)
      // What is no regular file, or seems to be gone, may be a link, a name in other bytes, or out of reach.
      if (now?.isFile) found.set(path, listedOf({ path }, now))
      else alone.push(path)
    }
  }
  for (const listed of await pMap(alone, (path) => statFile(folder, path), { concurrency: AT_ONCE }))
    if (listed !== undefined) found.set(listed.path, listed)
  return found
}

/** The bytes of small files. One that is not there, that is larger, a link or otherwise special is left out. */
export async function readFiles(
  folder: string,
  paths: readonly string[],
  most: number,
  reader: FolderReader,
): Promise<Map<string, Buffer>> {
  const read = new Map<string, Buffer>()
  const root = await openRoot(folder)
  for (const { real, names, paths: together } of await inFolders(root, paths, [])) {
    const { bytes, stats } = await reader.read(real, names, most)
    // A folder on the way may have been swapped for a link meanwhile.
    if ((await realOf(real)) !== real) continue
    let start = 0
    for (const [index, path] of together.entries()) {
      const size = Number(stats[index])
      if (size < 0) continue
      read.set(path, Buffer.from(bytes.buffer, start, size))
      start += size
    }
  }
  return read
}

/** By their folders, some at a time; `alone` gets those that must be looked at one by one. */
async function inFolders(root: Root, paths: readonly string[], alone: string[]): Promise<Together[]> {
  const folders = new Map<string, string[]>()
  for (const path of paths) {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    const inside = folders.get(parent)
    if (inside === undefined) folders.set(parent, [path])
    else inside.push(path)
  }
  const together: Together[] = []
  for (const [parent, inside] of folders) {
    const real = inside.length > FEW && inside.every(isRelativePath) ? await realOf(`${root.real}/${parent}`) : undefined
    if (real === undefined || !contains(root, Buffer.from(real))) {
      alone.push(...inside)
      continue
    }
    const start = parent === '' ? 0 : parent.length + 1
    for (let from = 0; from < inside.length; from += TOGETHER) {
      const some = inside.slice(from, from + TOGETHER)
      together.push({ real, names: some.map((path) => path.slice(start)), paths: some })
    }
  }
  return together
}

/** Undefined also when it cannot be told, or is no text: who looks at each file by itself says what is wrong. */
async function realOf(path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path, { encoding: 'buffer' })
    return real.equals(Buffer.from(real.toString())) ? real.toString() : undefined
  } catch {
    return undefined
  }
}
