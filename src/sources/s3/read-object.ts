import { Readable } from 'node:stream'
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { TidemarkError } from '../../errors.ts'
import { isRelativePath } from '../relative-path.ts'
import type { Listed, Version } from '../source.ts'
import { wholeStream } from '../whole-stream.ts'
import type { Bucket } from './bucket.ts'
import { isAnswer, isOfObject, isThrottled, objectFailure, sourceFailure } from './failures.ts'
import { etagOf, listOne, versionOf } from './list-keys.ts'

/** What is asked of an object, and nothing where there is none. */
export async function headOf(bucket: Bucket, path: string) {
  if (!isRelativePath(path)) return undefined
  const failure = (error: unknown) =>
    sourceFailure(error, `look at ${path} in ${bucket.place}`, `to read objects (s3:GetObject on ${bucket.name})`)
  try {
    return await bucket.client.send(new HeadObjectCommand({ Bucket: bucket.name, Key: bucket.prefix + path }))
  } catch (error) {
    if (isThrottled(error) || !isAnswer(error)) throw failure(error)
    // A failed look at an object has no words: a bucket that is not there, or a wrong key, looks like an absent file. The listing tells.
    if ((await listOne(bucket, path)) === undefined) return undefined
    throw failure(error)
  }
}

export async function statObject(bucket: Bucket, path: string): Promise<Listed | undefined> {
  const head = await headOf(bucket, path)
  return head && { path, ...versionOf(head.ETag ?? '', head.ContentLength ?? 0, head.LastModified) }
}

export async function openObject(bucket: Bucket, { path, fingerprint, size }: Version): Promise<Readable> {
  if (!isRelativePath(path)) throw new TidemarkError('FileUnreadable', `${path} leads out of ${bucket.place}; it is never read`)
  return wholeStream({
    what: `${path} in ${bucket.place}`,
    size,
    open: (from) => bodyOf(bucket, path, etagOf(fingerprint), from),
  })
}

async function bodyOf({ client, name, prefix, place }: Bucket, path: string, etag: string, from: number): Promise<Readable> {
  const part = from === 0 ? {} : { Range: `bytes=${from}-` }
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: name, Key: prefix + path, IfMatch: etag, ...part }))
    if (Body instanceof Readable) return Body
    throw new Error('no body in the answer')
  } catch (error) {
    if (isOfObject(error)) throw objectFailure(error, path, place)
    throw sourceFailure(error, `read ${path} in ${place}`, `to read objects (s3:GetObject on ${name})`)
  }
}
