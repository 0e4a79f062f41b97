import type { AzureContainer } from '../../config/sources/azure.ts'
import type { CallCount } from '../call-count.ts'
import { listStore, type Where } from '../list-store.ts'
import type { Source } from '../source.ts'
import { tagInPlace } from '../tag-in-place.ts'
import { takeByCopy } from '../take-by-copy.ts'
import { Blobs } from './blobs.ts'
import { openContainer } from './container.ts'
import { pagesOf } from './list-blobs.ts'

/** Blobs under a prefix of a container; paths go on from the prefix. */
export async function azureSource(config: AzureContainer, calls: CallCount): Promise<Omit<Source, 'can' | 'calls'>> {
  const container = await openContainer(config, calls)
  const blobs = new Blobs(container)
  const store = { login: container.login, pagesOf: (where: Where, signal: AbortSignal) => pagesOf(container, where, signal) }
  return {
    list: (pattern, signal) => listStore(store, pattern, signal),
    stat: (path) => blobs.stat(path),
    open: (version) => blobs.open(version),
    take: (version, to) => takeByCopy(blobs, version, to),
    mayTake: (how) => blobs.mayTake(how),
    tag: (version, tags) => tagInPlace(blobs, version, tags),
  }
}
