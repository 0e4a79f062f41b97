import { createHash } from 'node:crypto'
import { TidemarkError } from '../errors.ts'
import type { Listed, Source } from './source.ts'

/** Files read at once while a page is listed. */
const AT_ONCE = 4

/** The same source, where a version is told by its bytes: each look reads the files, and a touched one is the same. */
export function withContentIdentity(source: Source): Source {
  return {
    async *list(pattern, signal) {
      for await (const page of source.list(pattern, signal)) {
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
    open: (path) => source.open(path),
    ...(source.readAll === undefined ? {} : { readAll: source.readAll }),
    take: (version, to) => source.take(version, to),
    watch: (events) => source.watch(events),
  }
}

/** Undefined when the file went away meanwhile. */
async function byContent(source: Source, listed: Listed, signal?: AbortSignal): Promise<Listed | undefined> {
  if (listed.refused !== undefined) return listed
  try {
    const hash = createHash('sha256')
    let size = 0
    for await (const chunk of await source.open(listed.path)) {
      signal?.throwIfAborted()
      hash.update(chunk)
      size += chunk.length
    }
    return { ...listed, size, fingerprint: `${size}-${hash.digest('hex')}` }
  } catch (error) {
    if (!(error instanceof TidemarkError) || error.code !== 'FileUnreadable') throw error
    // One file that cannot be read must not hide the others: its load says why, and tries again.
    return source.stat(listed.path)
  }
}
