import type { FileMetadata, GetFilesOptions } from '@google-cloud/storage'
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
  const root = bucket.prefix
  let from = after
  let token: string | undefined
  for (;;) {
    signal.throwIfAborted()
    const { files, next } = await pageOf(bucket, {
      prefix: root + prefix,
      ...(flat ? { delimiter: '/' } : {}),
      ...(from === undefined ? {} : { startOffset: root + from }),
      ...(token === undefined ? {} : { pageToken: token }),
    })
    const page = files.flatMap((file) => listedAt(file.name ?? '', root, versionOf(file)))
    yield page.filter(({ path }) => path !== from) // an offset is inclusive
    if (next === undefined) return
    const last = page.at(-1)?.path
    // What was moved away after its load is not walked through again and again.
    const beyond = leftOut !== undefined && last?.startsWith(`${leftOut}/`)
    from = beyond ? `${leftOut}/${LAST}` : from
    token = beyond ? undefined : next
  }
}

/** Whether the bucket itself can be asked: an absent object and an absent bucket give the same answer. */
export async function assertListed(bucket: Bucket): Promise<void> {
  await pageOf(bucket, { prefix: bucket.prefix, maxResults: 1 })
}

/** The generation is another one for each version, also with equal bytes. */
export function versionOf({ size, generation, updated }: FileMetadata): Omit<Listed, 'path'> {
  const bytes = Number(size ?? 0)
  return { fingerprint: `${bytes}-${generation}`, size: bytes, modifiedAt: new Date(updated ?? 0) }
}

export function generationOf(fingerprint: string): string {
  return fingerprint.slice(fingerprint.indexOf('-') + 1)
}

async function pageOf({ client, calls, place, name }: Bucket, query: GetFilesOptions) {
  calls.add()
  try {
    const [files, next] = await client.getFiles({ maxResults: PAGE, ...query, autoPaginate: false })
    const token: unknown = next && typeof next === 'object' && 'pageToken' in next ? next.pageToken : undefined
    return {
      files: files.map(({ name, metadata }) => ({ ...metadata, name })),
      next: typeof token === 'string' ? token : undefined,
    }
  } catch (error) {
    throw sourceFailure(error, `list ${place}`, `to list and read objects (Storage Object Viewer on ${name})`)
  }
}
