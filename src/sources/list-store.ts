import type { Pattern } from '../partitions/pattern.ts'
import { type KeyPrefix, keyPrefixOf } from './key-prefix.ts'
import { refusedPath } from './relative-path.ts'
import { SharedListings } from './shared-listings.ts'
import type { Listed } from './source.ts'

/** Of all stores of this process: sources often look at one place. */
const listings = new SharedListings<readonly Listed[]>()

/** What is to be listed; paths are relative to the source. */
export interface Where extends KeyPrefix {
  /** A folder that need not be walked through. */
  readonly leftOut: string | undefined
  readonly after: string | undefined
}

export interface Store {
  /** All that its answers depend on, but for what is asked: the server, who asks, and the place. */
  readonly login: string
  pagesOf(where: Where, signal: AbortSignal): AsyncIterable<readonly Listed[]>
}

/** What matches in a store without folders; it is asked once for all who ask at the same time. */
export async function* listStore(
  store: Store,
  pattern: Pattern,
  signal: AbortSignal,
  after?: string,
): AsyncGenerator<readonly Listed[]> {
  const where = { ...keyPrefixOf(pattern), leftOut: pattern.leftOut, after }
  const key = JSON.stringify([store.login, where])
  for await (const page of listings.read(key, (shared) => store.pagesOf(where, shared), signal)) {
    const matching = page.filter(({ path }) => pattern.keyOf(path) !== undefined)
    if (matching.length > 0) yield matching
  }
}

/** An object below the source's prefix, which is none when it only stands for a folder. */
export function listedAt(key: string, prefix: string, version: Omit<Listed, 'path'>): Listed[] {
  const path = key.slice(prefix.length)
  if (path === '' || path.endsWith('/')) return []
  const refused = refusedPath(path)
  return [{ ...version, path, ...(refused === undefined ? {} : { refused }) }]
}
