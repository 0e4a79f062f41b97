import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, mkdir, realpath, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline as flow } from 'node:stream/promises'
import { systemCodeOf, TidemarkError } from '../../errors.ts'
import { movedNames } from '../moved-names.ts'
import { isRelativePath } from '../relative-path.ts'
import type { LoadedVersion, Taken } from '../source.ts'
import { isAbsent, reasonOf } from './failures.ts'
import { placeBeside } from './place-beside.ts'
import { contains, openRoot, type Root } from './root.ts'
import { statFile } from './stat-file.ts'

/**
 * Moves or deletes a file, if it still is the version that was loaded. It is first taken under a name that nobody else uses, and looked at
 * there: what came in its place just then is put back. May end anywhere, and go on later, also twice at once.
 */
export async function takeFile(folder: string, version: LoadedVersion, to: string | undefined): Promise<Taken> {
  if (!isRelativePath(version.path)) return { state: 'absent' }
  const root = await openRoot(folder)
  try {
    return await take(root, version, to)
  } catch (error) {
    if (error instanceof TidemarkError) throw error
    const what = to === undefined ? 'delete' : `move to ${to}`
    throw new TidemarkError(
      'FileUnreadable',
      `Expected to ${what} the loaded file ${version.path} of ${folder}, got ${reasonOf(error)}. ` +
        'Both must be folders on one disk where the user that runs Tidemark can write; it is tried again.',
      { cause: error },
    )
  }
}

async function take(root: Root, version: LoadedVersion, to: string | undefined): Promise<Taken> {
  const base = root.real.toString()
  const from = join(base, version.path)
  const inFolder = to === undefined ? dirname(from) : join(base, to)
  const ours = join(inFolder, `.tidemark-${version.sequence}-${sha256Of(version.path).slice(0, 16)}`)
  if (!(await isThere(ours))) {
    const now = await statFile(root.folder, version.path)
    if (now === undefined) return to === undefined ? { state: 'taken' } : await foundAgain(base, version, to)
    // A link to the file has its fingerprint, and is not the file.
    const same = inodeOf(version) === undefined || now.fingerprint === version.fingerprint
    if (!same || !(await isVersion(from, version))) return { state: 'changed' }
    await mkdir(inFolder, { recursive: true })
    await assertInside(root, inFolder)
    await assertInside(root, dirname(from))
    if (!(await unlessAbsent(rename(from, ours)))) return { state: 'absent' }
  }
  if (!(await isVersion(ours, version))) return await putBack(ours, from, version)
  if (to !== undefined) return { state: 'taken', movedTo: await moveOn(base, ours, version, to) }
  await unlessAbsent(unlink(ours))
  return { state: 'taken' }
}

async function moveOn(base: string, ours: string, version: LoadedVersion, to: string): Promise<string> {
  for (const name of movedNames(version, to)) {
    const target = join(base, name)
    await mkdir(dirname(target), { recursive: true })
    if (await placeBeside(ours, target)) return name
  }
  throw new TidemarkError('FileUnreadable', `there are too many files named ${version.path} in ${to}; take some of them away`)
}

/** A newer version: back to where it was, unless there is a still newer one. Then it stays beside that one, under a telling name. */
async function putBack(ours: string, from: string, { path, sequence }: LoadedVersion): Promise<Taken> {
  if (!(await placeBeside(ours, from)))
    await placeBeside(ours, join(dirname(from), `.${basename(path)}.not-loaded-${sequence}-${Date.now()}`))
  return { state: 'changed' }
}

/** Another try has moved it, and could not say so. */
async function foundAgain(base: string, version: LoadedVersion, to: string): Promise<Taken> {
  for (const name of movedNames(version, to)) {
    const target = join(base, name)
    if (!(await isThere(target))) break
    if (await isVersion(target, version)) return { state: 'taken', movedTo: name }
  }
  return { state: 'absent' }
}

/** By what a rename leaves as it is: all but the ctime; or by its bytes, where those are its identity. */
async function isVersion(at: string, { fingerprint }: LoadedVersion): Promise<boolean> {
  const stats = await lstat(at, { bigint: true }).catch((error: unknown) => {
    if (isAbsent(error)) return undefined
    throw error
  })
  if (stats === undefined || !stats.isFile()) return false
  const [size, mtime, , inode] = fingerprint.split('-')
  if (inode !== undefined) return `${stats.size}-${stats.mtimeNs}-${stats.ino}` === `${size}-${mtime}-${inode}`
  const hash = createHash('sha256')
  await flow(createReadStream(at), hash)
  return `${stats.size}-${hash.digest('hex')}` === fingerprint
}

/** Undefined where a version is told by its bytes. */
function inodeOf({ fingerprint }: LoadedVersion): string | undefined {
  return fingerprint.split('-')[3]
}

async function assertInside(root: Root, folder: string): Promise<void> {
  if (contains(root, await realpath(folder, { encoding: 'buffer' }))) return
  throw new TidemarkError('FileUnreadable', `${folder} is a link that leads out of the source; put a folder there`)
}

async function isThere(at: string): Promise<boolean> {
  return await unlessAbsent(lstat(at))
}

async function unlessAbsent(work: Promise<unknown>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ENOTDIR') return false
    throw error
  }
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
