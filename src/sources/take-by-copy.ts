import { TidemarkError } from '../errors.ts'
import { contentFingerprint, isOfContent } from './content-identity.ts'
import { movedNames } from './moved-names.ts'
import type { LoadedVersion, Source, Taken } from './source.ts'

/** An object as it is now. */
export interface Head {
  readonly fingerprint: string
  readonly size: number
  /** Which version of which file it is a copy of, where we have made it. */
  readonly mark: string | undefined
}

/** What a store does with its objects, on conditions. */
export interface ObjectStore<Found extends Head> extends Pick<Source, 'open'> {
  head(path: string): Promise<Found | undefined>
  /** With a mark, and all else that the object has. `exists`: never over another object. `changed`: it is no longer as it was found. */
  copy(path: string, found: Found, to: string, mark: string): Promise<'done' | 'exists' | 'changed'>
  /** Only as it was found. */
  remove(path: string, found: Found): Promise<'done' | 'changed'>
}

/**
 * Deletes an object, or copies it first: each on the condition that it still is the version that was loaded. The copy is marked, so that a try that was cut
 * is told from another file's copy.
 */
export async function takeByCopy<Found extends Head>(
  store: ObjectStore<Found>,
  version: LoadedVersion,
  to: string | undefined,
): Promise<Taken> {
  const { path } = version
  const found = await store.head(path)
  if (found === undefined) return to === undefined ? { state: 'taken' } : foundAgain(store, version, to)
  if (!(await isVersion(store, version, found))) return { state: 'changed' }
  const movedTo = to === undefined ? undefined : await copy(store, version, found, to)
  if (to !== undefined && movedTo === undefined) return { state: 'changed' }
  return (await store.remove(path, found)) === 'done' ? { state: 'taken', movedTo } : { state: 'changed' }
}

export async function isVersion(
  store: Pick<Source, 'open'>,
  { path, fingerprint }: LoadedVersion,
  found: Pick<Head, 'fingerprint' | 'size'>,
): Promise<boolean> {
  if (!isOfContent(fingerprint) || found.fingerprint === fingerprint) return found.fingerprint === fingerprint
  return (await contentFingerprint(store, { ...found, path })) === fingerprint
}

/** Undefined when it has changed meanwhile. */
async function copy<Found extends Head>(
  store: ObjectStore<Found>,
  version: LoadedVersion,
  found: Found,
  to: string,
): Promise<string | undefined> {
  const mark = markOf({ ...version, fingerprint: found.fingerprint })
  for (const name of movedNames(version, to)) {
    const there = await store.head(name)
    if (there?.mark === mark) return name
    if (there !== undefined) continue
    const came = await store.copy(version.path, found, name, mark)
    if (came === 'done') return name
    if (came === 'changed') return undefined
  }
  throw new TidemarkError('FileUnreadable', `there are too many files named ${version.path} in ${to}; take some of them away`)
}

/** Another try has moved it, and could not say so. */
async function foundAgain<Found extends Head>(store: ObjectStore<Found>, version: LoadedVersion, to: string): Promise<Taken> {
  for (const name of movedNames(version, to)) {
    const there = await store.head(name)
    if (there === undefined) break
    const mark = there.mark ?? ''
    if (isOfContent(version.fingerprint) ? mark.startsWith(`${version.sequence}-`) : mark === markOf(version))
      return { state: 'taken', movedTo: name }
  }
  return { state: 'absent' }
}

function markOf({ sequence, fingerprint }: LoadedVersion): string {
  return `${sequence}-${fingerprint}`
}
