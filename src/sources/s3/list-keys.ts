import { type _Object, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { TidemarkError } from '../../errors.ts'
import { listedAt, type Where } from '../list-store.ts'
import type { Listed } from '../source.ts'
import type { Bucket } from './bucket.ts'
import { sourceFailure } from './failures.ts'

const PAGE = 1_000
/** Follows every path that anybody gives a file. */
const LAST = '\u{10ffff}'

export async function* pagesOf(
  bucket: Bucket,
  { prefix, flat, leftOut, after }: Where,
  signal: AbortSignal,
): AsyncGenerator<readonly Listed[]> {
  for (let ahead = send(bucket, { prefix, flat, from: after }, signal); ; ) {
    const answer = await ahead
    const page = (answer.Contents ?? []).flatMap((object) => listedOf(bucket, object, answer.EncodingType === 'url'))
    if (answer.IsTruncated) {
      // What was moved away after its load is not walked through again and again.
      const beyond = leftOut !== undefined && page.at(-1)?.path.startsWith(`${leftOut}/`)
      const rest = beyond ? { from: `${leftOut}/${LAST}` } : { token: tokenOf(bucket, answer.NextContinuationToken) }
      ahead = send(bucket, { prefix, flat, ...rest }, signal) // the server lists on while these are looked at
      ahead.catch(() => undefined) // heard when it is awaited, if it ever is
    }
    yield page
    if (!answer.IsTruncated) return
  }
}

/** Undefined where there is no such key; whatever else is wrong, is told. */
export async function listOne(bucket: Bucket, path: string): Promise<Listed | undefined> {
  const answer = await send(bucket, { prefix: path, flat: false, most: 1 })
  const [object] = answer.Contents ?? []
  const [listed] = object === undefined ? [] : listedOf(bucket, object, answer.EncodingType === 'url')
  return listed?.path === path ? listed : undefined
}

interface Look {
  readonly prefix: string
  readonly flat: boolean
  readonly from?: string | undefined
  readonly token?: string | undefined
  readonly most?: number
}

async function send({ client, name, prefix: root, place }: Bucket, look: Look, signal?: AbortSignal) {
  const { prefix, flat, from, token, most = PAGE } = look
  const command = new ListObjectsV2Command({
    Bucket: name,
    Prefix: root + prefix,
    MaxKeys: most,
    EncodingType: 'url', // XML has no way to write some characters
    ...(flat ? { Delimiter: '/' } : {}),
    ...(from === undefined ? {} : { StartAfter: root + from }),
    ...(token === undefined ? {} : { ContinuationToken: token }),
  })
  try {
    return await client.send(command, signal === undefined ? {} : { abortSignal: signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw sourceFailure(error, `list ${place}`, `to list the bucket (s3:ListBucket on ${name})`)
  }
}

function listedOf({ prefix }: Bucket, { Key = '', ETag = '', Size = 0, LastModified }: _Object, encoded: boolean): Listed[] {
  const key = encoded ? decodeURIComponent(Key.replaceAll('+', ' ')) : Key
  return listedAt(key, prefix, versionOf(ETag, Size, LastModified))
}

/** The same of an object as of its line in a listing: one has its time in seconds. */
export function versionOf(etag: string, size: number, modified: Date | undefined): Omit<Listed, 'path'> {
  const seconds = Math.floor((modified?.getTime() ?? 0) / 1000)
  return { fingerprint: `${size}-${etag.replaceAll('"', '')}`, size, modifiedAt: new Date(seconds * 1000) }
}

/** As the condition of a request. */
export function etagOf(fingerprint: string): string {
  return `"${fingerprint.slice(fingerprint.indexOf('-') + 1)}"`
}

function tokenOf({ place }: Bucket, token: string | undefined): string {
  if (token !== undefined && token !== '') return token
  throw new TidemarkError(
    'SourceUnavailable',
    `Expected the listing of ${place} to go on, got no word of where. The server does not speak ListObjectsV2 as S3 does.`,
  )
}
