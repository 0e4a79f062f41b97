import { lstat, realpath } from 'node:fs/promises'
import { systemCodeOf } from '../../errors.ts'
import { isRelativePath } from '../relative-path.ts'
import type { Listed } from '../source.ts'
import { folderUnavailable, isAbsent } from './failures.ts'
import { LEADS_OUT, listedOf, look, type Place, refusalOf } from './look.ts'
import { escapedBytesOf, join } from './names.ts'
import { contains, openRoot, type Root } from './root.ts'

export async function statFile(folder: string, path: string): Promise<Listed | undefined> {
  const root = await openRoot(folder)
  if (!isRelativePath(path)) return undefined
  const literal = await lookUp(root, path, Buffer.from(path), true)
  if (literal !== undefined) return literal
  const bytes = escapedBytesOf(path)
  return bytes === undefined ? undefined : lookUp(root, path, bytes, false)
}

async function lookUp(root: Root, path: string, relative: Buffer, utf8: boolean): Promise<Listed | undefined> {
  const slash = relative.lastIndexOf('/')
  const name = relative.subarray(slash + 1)
  const parent = slash === -1 ? root.real : await realOf(join(root.real, relative.subarray(0, slash)))
  if (parent === undefined) return undefined
  const place = { at: join(parent, name), path, utf8 }
  if (!contains(root, parent)) return lookOutside(place)
  const found = await look(root, place)
  return found?.kind === 'file' ? found.listed : undefined
}

async function realOf(folder: Buffer): Promise<Buffer | undefined> {
  try {
    return await realpath(folder, { encoding: 'buffer' })
  } catch (error) {
    if (isAbsent(error) || systemCodeOf(error) === 'ELOOP') return undefined
    throw folderUnavailable(folder.toString(), error)
  }
}

/** A folder on the way is a link that leads out: told, so that nobody wonders why the file is not loaded. */
async function lookOutside(place: Place): Promise<Listed | undefined> {
  try {
    const stats = await lstat(place.at, { bigint: true })
    return stats.isDirectory() ? undefined : listedOf(place, stats, refusalOf(place, stats, LEADS_OUT))
  } catch {
    // What lies outside is none of this source's business, not even when it cannot be reached.
    return undefined
  }
}
