import type { S3Bucket } from '../../config/sources/s3.ts'
import type { CallCount } from '../call-count.ts'
import type { Source } from '../source.ts'
import { openBucket } from './bucket.ts'
import { listKeys } from './list-keys.ts'
import { openObject, statObject } from './read-object.ts'
import { tagObject } from './tag-object.ts'
import { takeObject } from './take-object.ts'

/** Objects under a prefix of a bucket; paths go on from the prefix. */
export function s3Source(config: S3Bucket, calls: CallCount): Omit<Source, 'can' | 'calls'> {
  const bucket = openBucket(config, calls)
  return {
    list: (pattern, signal, after) => listKeys(bucket, pattern, signal, after),
    stat: (path) => statObject(bucket, path),
    open: (version) => openObject(bucket, version),
    take: (version, to) => takeObject(bucket, version, to),
    tag: (version, tags) => tagObject(bucket, version, tags),
  }
}
