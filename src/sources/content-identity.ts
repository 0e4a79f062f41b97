import { createHash } from 'node:crypto'
import { TidemarkError } from '../errors.ts'
import type { Listed, Source, Version } from './source.ts'

/** Files read at once while a page is listed. */
const AT_ONCE = 4

/** The same source, where a version is told by its bytes: each look reads the files, and a touched one is the same. */
export function withContentIdentity(source: Source): Source {
  const { watch, tag, mayTake } = source
  return {
    can: source.can,
    calls: source.calls,
    async *list(pattern, signal, after) {
      for await (const page of source.list(pattern, signal, after)) {
        const read: Listed[] = []
        for (let from = 0; from < page.length; from += AT_ONCE) {
          const some = page.slice(from, from + AT_ONCE)
          const found = await Promise.all(some.map((listed) => byContent(source, listed, signal)))
          read.push(...found.filter((listed) => listed !== undefined))
        }
        if (read.length > 0) yield read
      }
    },
    async stat(path) {
      const listed = await source.stat(path)
      return listed && byContent(source, listed)
    },
    // The bytes themselves tell whether it is that version; a server knows it by another mark.
    open: async (version) => source.open((await source.stat(version.path)) ?? version),
    ...(source.readAll === undefined ? {} : { readAll: source.readAll }),
    take: (version, to) => source.take(version, to),
    ...(mayTake === undefined ? {} : { mayTake: (how) => mayTake.call(source, how) }),
    ...(tag === undefined ? {} : { tag: (version, tags) => tag.call(source, version, tags) }),
    ...(watch === undefined ? {} : { watch: (events) => watch.call(source, events) }),
  }
}

/** Whether a fingerprint is one that `withContentIdentity` has made, and so no source's own. */
export function isOfContent(fingerprint: string): boolean {
  return /^\d+-[0-9a-f]{64}$/.test(fingerprint)
}

export async function contentFingerprint(source: Pick<Source, 'open'>, version: Version, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of await source.open(version)) {
    signal?.throwIfAborted()
    hash.update(chunk)
    size += chunk.length
  }
  return `${size}-${hash.digest('hex')}`
}

/** Undefined when the file went away meanwhile. */
async function byContent(source: Source, listed: Listed, signal?: AbortSignal): Promise<Listed | undefined> {
  if (listed.refused !== undefined) return listed
  try {
    const fingerprint = await contentFingerprint(source, listed, signal)
    return { ...listed, size: Number.parseInt(fingerprint, 10), fingerprint }
  } catch (error) {
    if (!(error instanceof TidemarkError) || error.code !== 'FileUnreadable') throw error
    // One file that cannot be read must not hide the others: its load says why, and tries again.
    return source.stat(listed.path)
  }
}
