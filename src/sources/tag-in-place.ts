import type { LoadedVersion, Source, Taken } from './source.ts'
import { type Head, isVersion } from './take-by-copy.ts'

export type Tags = Readonly<Record<string, string>>

/** A store that marks objects where they are, on no condition. */
export interface TaggableStore<Found extends Head> extends Pick<Source, 'open'> {
  head(path: string): Promise<Found | undefined>
  /** Undefined when the object has gone. */
  tagsOf(path: string, found: Found): Promise<Tags | undefined>
  /** All that it has from now on. */
  setTags(path: string, found: Found, tags: Tags): Promise<void>
}

/** Adds tags to an object that still is the version that was loaded. */
export async function tagInPlace<Found extends Head>(
  store: TaggableStore<Found>,
  version: LoadedVersion,
  tags: Tags,
): Promise<Taken> {
  const { path } = version
  const found = await store.head(path)
  if (found === undefined) return { state: 'absent' }
  if (!(await isVersion(store, version, found))) return { state: 'changed' }
  const before = await store.tagsOf(path, found)
  if (before === undefined) return { state: 'absent' }
  await store.setTags(path, found, { ...before, ...tags })
  const after = await store.head(path)
  if (after?.fingerprint === found.fingerprint) return { state: 'taken' }
  // A newer version got the tags of a loaded one, by which somebody may delete it.
  const wrong = after && (await store.tagsOf(path, after))
  if (after !== undefined && wrong !== undefined) {
    const others = Object.entries(wrong).filter(([name, value]) => tags[name] !== value)
    await store.setTags(path, after, Object.fromEntries(others))
  }
  return { state: 'changed' }
}
