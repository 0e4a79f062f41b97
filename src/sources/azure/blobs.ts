import { Readable } from 'node:stream'
import type { BlobGetPropertiesResponse } from '@azure/storage-blob'
import { TidemarkError } from '../../errors.ts'
import { probeName } from '../probe-name.ts'
import { isRelativePath } from '../relative-path.ts'
import type { Listed, Taking, Version } from '../source.ts'
import type { TaggableStore } from '../tag-in-place.ts'
import type { Head, ObjectStore } from '../take-by-copy.ts'
import { wholeStream } from '../whole-stream.ts'
import type { Container } from './container.ts'
import { blobFailure, isChanged, isNoBlob, isOfBlob, sourceFailure } from './failures.ts'
import { etagOf, versionOf } from './list-blobs.ts'

/** In a copy's metadata, whose names have no dashes. */
const MARK = 'tidemarkcopyof'
const COPY_LOOK_MS = 500

interface Found extends Head {
  readonly modifiedAt: Date
  readonly metadata: BlobGetPropertiesResponse['metadata']
}

/** The blobs of a container, one by one. */
export class Blobs implements ObjectStore<Found>, TaggableStore<Found> {
  readonly #container: Container

  constructor(container: Container) {
    this.#container = container
  }

  async stat(path: string): Promise<Listed | undefined> {
    const found = await this.head(path)
    return found && { path, fingerprint: found.fingerprint, size: found.size, modifiedAt: found.modifiedAt }
  }

  async head(path: string): Promise<Found | undefined> {
    if (!isRelativePath(path)) return undefined
    return this.#attempt(`look at ${path}`, 'to read blobs (Storage Blob Data Reader)', async () => {
      try {
        const { etag, contentLength, lastModified, metadata } = await this.#at(path).getProperties()
        if (metadata?.hdi_isfolder === 'true') return undefined
        return { ...versionOf(etag, contentLength, lastModified), metadata, mark: metadata?.[MARK] }
      } catch (error) {
        if (isNoBlob(error)) return undefined
        throw error
      }
    })
  }

  open = async ({ path, fingerprint, size }: Version): Promise<Readable> => {
    const { place } = this.#container
    if (!isRelativePath(path)) throw new TidemarkError('FileUnreadable', `${path} leads out of ${place}; it is never read`)
    let md5: string | undefined
    return wholeStream({
      what: `${path} in ${place}`,
      size,
      md5: () => md5,
      open: async (from) => {
        const { body, whole } = await this.#bodyOf(path, etagOf(fingerprint), from)
        md5 = whole
        return body
      },
    })
  }

  copy(path: string, found: Found, to: string, mark: string): Promise<'done' | 'exists' | 'changed'> {
    return this.#attempt(`move the loaded file ${path}`, 'to write blobs (Storage Blob Data Contributor)', async () => {
      try {
        const poller = await this.#at(to).beginCopyFromURL(this.#at(path).url, {
          intervalInMs: COPY_LOOK_MS,
          conditions: { ifNoneMatch: '*' },
          sourceConditions: { ifMatch: etagOf(found.fingerprint) },
          metadata: { ...found.metadata, [MARK]: mark },
        })
        await poller.pollUntilDone()
        return 'done'
      } catch (error) {
        if (isNoBlob(error)) return 'changed'
        if (!isChanged(error)) throw error
        return (await this.head(to)) === undefined ? 'changed' : 'exists'
      }
    })
  }

  remove(path: string, { fingerprint }: Found): Promise<'done' | 'changed'> {
    return this.#attempt(`delete the loaded file ${path}`, 'to delete blobs (Storage Blob Data Contributor)', async () => {
      try {
        await this.#at(path).delete({ conditions: { ifMatch: etagOf(fingerprint) } })
        return 'done'
      } catch (error) {
        if (isNoBlob(error) || isChanged(error)) return 'changed'
        throw error
      }
    })
  }

  tagsOf(path: string): Promise<Readonly<Record<string, string>> | undefined> {
    return this.#attempt(`read the tags of the loaded file ${path}`, 'to read tags (Storage Blob Data Owner)', async () => {
      try {
        return (await this.#at(path).getTags()).tags
      } catch (error) {
        if (isNoBlob(error)) return undefined
        throw error
      }
    })
  }

  setTags(path: string, _found: Found, tags: Readonly<Record<string, string>>): Promise<void> {
    return this.#attempt(`tag the loaded file ${path}`, 'to write tags (Storage Blob Data Owner)', async () => {
      await this.#at(path).setTags(tags)
    })
  }

  /** On a condition that nothing fulfils: what may be done fails of that, what may not is refused before. */
  async mayTake(how: Taking): Promise<void> {
    const path = probeName()
    const conditions = { ifMatch: '"none"' }
    const probe = (doing: string, permission: string, work: () => Promise<unknown>) =>
      this.#attempt(`${doing} a loaded file`, permission, async () => {
        await work().catch((error: unknown) => {
          if (!isNoBlob(error) && !isChanged(error)) throw error
        })
      })
    if (how === 'tag') {
      await probe('tag', 'to read tags (Storage Blob Data Owner)', () => this.#at(path).getTags())
      return probe('tag', 'to write tags (Storage Blob Data Owner)', () => this.#at(path).setTags({}))
    }
    const blob = this.#at(path).getBlockBlobClient()
    if (how === 'move')
      await probe('move', 'to write blobs (Storage Blob Data Contributor)', () => blob.upload('', 0, { conditions }))
    await probe('delete', 'to delete blobs (Storage Blob Data Contributor)', () => blob.delete({ conditions }))
  }

  #at(path: string) {
    return this.#container.client.getBlobClient(this.#container.prefix + path)
  }

  async #bodyOf(path: string, ifMatch: string, from: number) {
    const { place } = this.#container
    try {
      // Of what a cut leaves the stream itself would ask for the rest, without a bound.
      const answer = await this.#at(path).download(from, undefined, { conditions: { ifMatch }, maxRetryRequests: 0 })
      const { readableStreamBody: body, blobContentMD5 = from === 0 ? answer.contentMD5 : undefined } = answer
      if (body instanceof Readable) return { body, whole: blobContentMD5 && Buffer.from(blobContentMD5).toString('base64') }
      throw new Error('no body in the answer')
    } catch (error) {
      if (isOfBlob(error)) throw blobFailure(error, path, place)
      throw sourceFailure(error, `read ${path} in ${place}`, 'to read blobs (Storage Blob Data Reader)')
    }
  }

  async #attempt<T>(doing: string, permission: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw sourceFailure(error, `${doing} of ${this.#container.place}`, permission)
    }
  }
}
