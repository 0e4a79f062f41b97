import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { FileMetadata } from '@google-cloud/storage'
import { TidemarkError } from '../../errors.ts'
import { probeName } from '../probe-name.ts'
import { isRelativePath } from '../relative-path.ts'
import type { Listed, Taking, Version } from '../source.ts'
import type { Head, ObjectStore } from '../take-by-copy.ts'
import { wholeStream } from '../whole-stream.ts'
import type { Bucket } from './bucket.ts'
import { download, md5Of } from './download.ts'
import { isChanged, isNoObject, objectFailure, sourceFailure } from './failures.ts'
import { assertListed, generationOf, versionOf } from './list-objects.ts'

/** In a copy's metadata. */
const MARK = 'tidemark-copy-of'

interface Found extends Head {
  readonly metadata: FileMetadata
}

/** The objects of a bucket, one by one. */
export class Objects implements ObjectStore<Found> {
  readonly #bucket: Bucket

  constructor(bucket: Bucket) {
    this.#bucket = bucket
  }

  async stat(path: string): Promise<Listed | undefined> {
    const found = await this.head(path)
    return found && { path, ...versionOf(found.metadata) }
  }

  async head(path: string): Promise<Found | undefined> {
    if (!isRelativePath(path)) return undefined
    return this.#attempt(`look at ${path}`, 'to read objects (Storage Object Viewer', async () => {
      try {
        const [metadata] = await this.#at(path).getMetadata()
        const mark = metadata.metadata?.[MARK]
        return { ...versionOf(metadata), metadata, mark: typeof mark === 'string' ? mark : undefined }
      } catch (error) {
        if (!isNoObject(error)) throw error
        await assertListed(this.#bucket)
        return undefined
      }
    })
  }

  open = async ({ path, fingerprint, size }: Version): Promise<Readable> => {
    const { place } = this.#bucket
    if (!isRelativePath(path)) throw new TidemarkError('FileUnreadable', `${path} leads out of ${place}; it is never read`)
    let md5: string | undefined
    return wholeStream({
      what: `${path} in ${place}`,
      size,
      md5: () => md5,
      open: async (from) => {
        const answer = await this.#download(path, generationOf(fingerprint), from)
        md5 = md5Of(answer)
        return answer
      },
    })
  }

  copy(path: string, { fingerprint, metadata }: Found, to: string, mark: string): Promise<'done' | 'exists' | 'changed'> {
    return this.#attempt(`move the loaded file ${path}`, 'to write objects (Storage Object User', async () => {
      const { contentType, contentEncoding, cacheControl, contentDisposition } = metadata
      try {
        await this.#at(path, generationOf(fingerprint)).copy(this.#at(to), {
          preconditionOpts: { ifGenerationMatch: 0 },
          ...(contentType === undefined ? {} : { contentType }),
          ...(contentEncoding === undefined ? {} : { contentEncoding }),
          ...(cacheControl === undefined ? {} : { cacheControl }),
          ...(contentDisposition === undefined ? {} : { contentDisposition }),
          metadata: { ...metadata.metadata, [MARK]: mark },
        })
        return 'done'
      } catch (error) {
        if (isNoObject(error)) return 'changed'
        if (isChanged(error)) return 'exists'
        throw error
      }
    })
  }

  remove(path: string, { fingerprint }: Found): Promise<'done' | 'changed'> {
    return this.#attempt(`delete the loaded file ${path}`, 'to delete objects (Storage Object User', async () => {
      try {
        await this.#at(path).delete({ ifGenerationMatch: generationOf(fingerprint) })
        return 'done'
      } catch (error) {
        if (isNoObject(error) || isChanged(error)) return 'changed'
        throw error
      }
    })
  }

  /** On a condition that nothing fulfils: what may be done fails of that, what may not is refused before. */
  async mayTake(how: Taking): Promise<void> {
    const object = this.#at(probeName())
    const probe = (doing: string, permission: string, work: () => Promise<unknown>) =>
      this.#attempt(`${doing} a loaded file`, permission, async () => {
        await work().catch((error: unknown) => {
          if (!isNoObject(error) && !isChanged(error)) throw error
        })
      })
    if (how === 'move') {
      await probe('move', 'to write objects (Storage Object User', async () => {
        await object.save('', { resumable: false, preconditionOpts: { ifGenerationMatch: 1 } })
        await object.delete() // the server knows no conditions
      })
    }
    await probe('delete', 'to delete objects (Storage Object User', () => object.delete({ ifGenerationMatch: 1 }))
  }

  #at(path: string, generation?: string) {
    return this.#bucket.client.file(this.#bucket.prefix + path, generation === undefined ? {} : { generation })
  }

  async #download(path: string, generation: string, from: number): Promise<IncomingMessage> {
    const { place, name } = this.#bucket
    if (!/^\d+$/.test(generation)) throw objectFailure(path, place) // none that Google has given
    try {
      return await download(this.#bucket, path, generation, from)
    } catch (error) {
      if (isNoObject(error)) throw objectFailure(path, place)
      throw sourceFailure(error, `read ${path} in ${place}`, `to read objects (Storage Object Viewer on ${name})`)
    }
  }

  async #attempt<T>(doing: string, permission: string, work: () => Promise<T>): Promise<T> {
    this.#bucket.calls.add()
    try {
      return await work()
    } catch (error) {
      throw sourceFailure(error, `${doing} of ${this.#bucket.place}`, `${permission} on ${this.#bucket.name})`)
    }
  }
}
