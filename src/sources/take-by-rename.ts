import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { TidemarkError } from '../errors.ts'
import { contentFingerprint, isOfContent } from './content-identity.ts'
import { movedNames } from './moved-names.ts'
import type { Listed, LoadedVersion, Source, Taken } from './source.ts'

/** What a server does with its files, each of which may be asked for again. */
export interface RenamableFiles extends Pick<Source, 'stat' | 'open'> {
  /** Never over another file: then `exists`. `absent`: there is nothing to rename. */
  rename(from: string, to: string): Promise<'done' | 'exists' | 'absent'>
  /** No harm when it is gone already. */
  remove(path: string): Promise<void>
  /** With those above it; no harm when it is there already. */
  makeFolder(path: string): Promise<void>
}

/**
 * Moves or deletes a file where nothing can be done on a condition: it first gets a name that nobody else uses, and is looked at there. What came in
 * its place just then is put back. May end anywhere, and go on later.
 */
export async function takeByRename(files: RenamableFiles, version: LoadedVersion, to: string | undefined): Promise<Taken> {
  const { path, sequence } = version
  const mark = createHash('sha256').update(path).digest('hex').slice(0, 16)
  const ours = posix.join(to ?? posix.dirname(path), `.tidemark-${sequence}-${mark}`)
  let held = await files.stat(ours)
  if (held === undefined) {
    const now = await files.stat(path)
    if (now === undefined) return goneAlready(files, version, to)
    if (!(await isVersion(files, now, version))) return { state: 'changed' }
    if (to !== undefined) await files.makeFolder(to)
    if ((await files.rename(path, ours)) === 'absent') return { state: 'absent' }
    held = await files.stat(ours)
  }
  if (held === undefined) return goneAlready(files, version, to)
  if (!(await isVersion(files, held, version))) return putBack(files, ours, path)
  if (to === undefined) {
    await files.remove(ours)
    return { state: 'taken' }
  }
  for (const name of movedNames(version, to)) {
    await files.makeFolder(posix.dirname(name))
    const came = await files.rename(ours, name)
    if (came === 'done') return { state: 'taken', movedTo: name }
    if (came === 'absent') return goneAlready(files, version, to)
  }
  throw new TidemarkError('FileUnreadable', `there are too many files named ${path} in ${to}; take some of them away`)
}

async function isVersion(files: RenamableFiles, listed: Listed, { fingerprint }: LoadedVersion): Promise<boolean> {
  if (listed.refused !== undefined) return false
  if (!isOfContent(fingerprint)) return listed.fingerprint === fingerprint
  return (await contentFingerprint(files, listed)) === fingerprint
}

/** By another try, which could not say so; or by somebody else. */
async function goneAlready(files: RenamableFiles, version: LoadedVersion, to: string | undefined): Promise<Taken> {
  if (to === undefined) return { state: 'taken' }
  for (const name of movedNames(version, to)) {
    const there = await files.stat(name)
    if (there === undefined) break
    if (await isVersion(files, there, version)) return { state: 'taken', movedTo: name }
  }
  return { state: 'absent' }
}

/** A newer version: back to where it was, or beside a still newer one, under a telling name. */
async function putBack(files: RenamableFiles, ours: string, path: string): Promise<Taken> {
  if ((await files.rename(ours, path)) === 'exists') {
    const beside = posix.join(posix.dirname(path), `.${posix.basename(path)}.not-loaded-${Date.now()}`)
    await files.rename(ours, beside)
  }
  return { state: 'changed' }
}
