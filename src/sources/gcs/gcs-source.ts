import type { GcsBucket } from '../../config/sources/gcs.ts'
import type { CallCount } from '../call-count.ts'
import { listStore, type Where } from '../list-store.ts'
import type { Source } from '../source.ts'
import { takeByCopy } from '../take-by-copy.ts'
import { openBucket } from './bucket.ts'
import { pagesOf } from './list-objects.ts'
import { Objects } from './objects.ts'

/** Objects under a prefix of a bucket; paths go on from the prefix. */
export async function gcsSource(config: GcsBucket, calls: CallCount): Promise<Omit<Source, 'can' | 'calls'>> {
  const bucket = await openBucket(config, calls)
  const objects = new Objects(bucket)
  const store = { login: bucket.login, pagesOf: (where: Where, signal: AbortSignal) => pagesOf(bucket, where, signal) }
  return {
    list: (pattern, signal, after) => listStore(store, pattern, signal, after),
    stat: (path) => objects.stat(path),
    open: (version) => objects.open(version),
    take: (version, to) => takeByCopy(objects, version, to),
    mayTake: (how) => objects.mayTake(how),
  }
}
