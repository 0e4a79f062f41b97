import type { S3Bucket } from '../../config/sources/s3.ts'
import type { CallCount } from '../call-count.ts'
import { listStore, type Where } from '../list-store.ts'
import type { Source } from '../source.ts'
import { tagInPlace } from '../tag-in-place.ts'
import { takeByCopy } from '../take-by-copy.ts'
import { openBucket } from './bucket.ts'
import { pagesOf } from './list-keys.ts'
import { objectsOf } from './objects.ts'
import { openObject, statObject } from './read-object.ts'

/** Objects under a prefix of a bucket; paths go on from the prefix. */
export function s3Source(config: S3Bucket, calls: CallCount): Omit<Source, 'can' | 'calls'> {
  const bucket = openBucket(config, calls)
  const objects = objectsOf(bucket)
  const store = { login: bucket.login, pagesOf: (where: Where, signal: AbortSignal) => pagesOf(bucket, where, signal) }
  return {
    list: (pattern, signal, after) => listStore(store, pattern, signal, after),
    stat: (path) => statObject(bucket, path),
    open: (version) => openObject(bucket, version),
    take: (version, to) => takeByCopy(objects, version, to),
    mayTake: (how) => objects.mayTake(how),
    tag: (version, tags) => tagInPlace(objects, version, tags),
  }
}
