import type { BlobItem } from '@azure/storage-blob'
import { listedAt, type Where } from '../list-store.ts'
import type { Listed } from '../source.ts'
import type { Container } from './container.ts'
import { sourceFailure } from './failures.ts'

/** The most that the service gives at once: each page is a request. */
const ASKED = 5_000
const PAGE = 1_000

export async function* pagesOf(
  { client, prefix: root, place }: Container,
  { prefix, flat }: Where,
  signal: AbortSignal,
): AsyncGenerator<readonly Listed[]> {
  const options = { prefix: root + prefix, abortSignal: signal, includeMetadata: true }
  const settings = { maxPageSize: ASKED }
  const pages = flat ? client.listBlobsByHierarchy('/', options).byPage(settings) : client.listBlobsFlat(options).byPage(settings)
  try {
    for await (const { segment } of pages) {
      const listed = segment.blobItems.flatMap((blob) => listedOf(blob, root))
      for (let from = 0; from < listed.length; from += PAGE) yield listed.slice(from, from + PAGE)
    }
  } catch (error) {
    signal.throwIfAborted()
    throw sourceFailure(error, `list ${place}`, 'to list and read blobs (Storage Blob Data Reader)')
  }
}

function listedOf({ name, properties, metadata }: BlobItem, root: string): Listed[] {
  // Where the account has real folders they are listed too.
  if (metadata?.hdi_isfolder === 'true') return []
  const { etag, contentLength, lastModified } = properties
  return listedAt(name, root, versionOf(etag, contentLength, lastModified))
}

/** A listing has the tag without the quotes that a look at the blob has. */
export function versionOf(etag = '', size = 0, modifiedAt = new Date(0)): Omit<Listed, 'path'> {
  return { fingerprint: `${size}-${etag.replaceAll('"', '')}`, size, modifiedAt }
}

/** As the condition of a request. */
export function etagOf(fingerprint: string): string {
  return `"${fingerprint.slice(fingerprint.indexOf('-') + 1)}"`
}
