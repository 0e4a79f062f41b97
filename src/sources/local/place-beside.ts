import { link, lstat, open, rename, unlink } from 'node:fs/promises'
import { systemCodeOf } from '../../errors.ts'

/** Not every file system has hard links. */
const WITHOUT_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/** Gives a file its new name, and never takes another file's. False when the name is taken. */
export async function placeBeside(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
  } catch (error) {
    const code = systemCodeOf(error) ?? ''
    if (code === 'ENOENT') return await isSame(from, to) // somebody else has done it
    if (code === 'EEXIST' && !(await isSame(from, to))) return false
    if (WITHOUT_LINKS.has(code)) return await placeByRename(from, to)
    if (code !== 'EEXIST') throw error
  }
  await unlink(from).catch((error: unknown) => {
    if (systemCodeOf(error) !== 'ENOENT') throw error
  })
  return true
}

/** Over a file that we have just made. */
async function placeByRename(from: string, to: string): Promise<boolean> {
  try {
    await (await open(to, 'wx')).close()
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false
    throw error
  }
  await rename(from, to)
  return true
}

async function isSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => lstat(path, { bigint: true }).catch(() => undefined)))
  if (b === undefined) return false
  return a === undefined || (a.dev === b.dev && a.ino === b.ino)
}
