import {
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3'
import { probeName } from '../probe-name.ts'
import type { Taking } from '../source.ts'
import type { TaggableStore } from '../tag-in-place.ts'
import type { Head, ObjectStore } from '../take-by-copy.ts'
import type { Bucket } from './bucket.ts'
import { type CopyRequest, copyObject } from './copy-object.ts'
import { isChanged, isNoObject, sourceFailure } from './failures.ts'
import { etagOf, versionOf } from './list-keys.ts'
import { headOf, openObject } from './read-object.ts'

/** In a copy's metadata. */
const MARK = 'tidemark-copy-of'

/** Where copies begin to be made in parts, smaller in tests. */
type Parts = Pick<CopyRequest, 'largest' | 'part'>

interface Prober {
  mayTake(how: Taking): Promise<void>
}

interface Found extends Head {
  readonly head: HeadObjectCommandOutput
}

/** What is done to the objects of a bucket after their load. */
export function objectsOf(bucket: Bucket, parts: Parts = {}): ObjectStore<Found> & TaggableStore<Found> & Prober {
  const { client, name, prefix, place } = bucket
  const at = (path: string) => ({ Bucket: name, Key: prefix + path })
  // Where the bucket keeps versions, the one that was found.
  const versionAt = (path: string, { head }: Found) => ({ ...at(path), ...(head.VersionId ? { VersionId: head.VersionId } : {}) })

  async function attempt<T>(doing: string, permission: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw sourceFailure(error, `${doing} of ${place}`, `${permission} on ${name})`)
    }
  }
  async function head(path: string): Promise<Found | undefined> {
    const found = await headOf(bucket, path)
    if (found === undefined) return undefined
    const { fingerprint, size } = versionOf(found.ETag ?? '', found.ContentLength ?? 0, found.LastModified)
    return { fingerprint, size, mark: found.Metadata?.[MARK], head: found }
  }

  return {
    head,
    open: (version) => openObject(bucket, version),
    copy: (path, found, to, mark) =>
      attempt(`move the loaded file ${path}`, 'to write objects (s3:PutObject', async () => {
        try {
          await copyObject(bucket, { ...parts, ...found, path, to, mark: { [MARK]: mark } })
          return 'done'
        } catch (error) {
          if (isNoObject(error)) return 'changed'
          if (!isChanged(error)) throw error
          return (await head(to)) === undefined ? 'changed' : 'exists'
        }
      }),
    remove: (path, { fingerprint }) =>
      attempt(`delete the loaded file ${path}`, 'to delete objects (s3:DeleteObject', async () => {
        try {
          await client.send(new DeleteObjectCommand({ ...at(path), IfMatch: etagOf(fingerprint) }))
          return 'done'
        } catch (error) {
          if (isChanged(error) || isNoObject(error)) return 'changed'
          throw error
        }
      }),
    tagsOf: (path, found) =>
      attempt(`read the tags of the loaded file ${path}`, 'to read tags (s3:GetObjectTagging', async () => {
        try {
          const { TagSet = [] } = await client.send(new GetObjectTaggingCommand(versionAt(path, found)))
          return Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]))
        } catch (error) {
          if (isNoObject(error)) return undefined
          throw error
        }
      }),
    setTags: (path, found, tags) =>
      attempt(`tag the loaded file ${path}`, 'to write tags (s3:PutObjectTagging', async () => {
        const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
        await client.send(new PutObjectTaggingCommand({ ...versionAt(path, found), Tagging: { TagSet } }))
      }),
    mayTake: async (how) => {
      const key = at(probeName())
      // On a condition that nothing fulfils: what may be done fails of that, what may not is refused before.
      const never = { IfMatch: '"none"' }
      const probe = (doing: string, permission: string, work: () => Promise<unknown>) =>
        attempt(`${doing} a loaded file`, permission, async () => {
          await work().catch((error: unknown) => {
            if (!isChanged(error) && !isNoObject(error)) throw error
          })
        })
      const remove = () => client.send(new DeleteObjectCommand({ ...key, ...never }))
      const put = async () => {
        await client.send(new PutObjectCommand({ ...key, ...never, Body: '', ContentLength: 0 }))
        await client.send(new DeleteObjectCommand(key)) // the server knows no conditions
      }
      if (how === 'tag') {
        await probe('tag', 'to read tags (s3:GetObjectTagging', () => client.send(new GetObjectTaggingCommand(key)))
        const none = { ...key, Tagging: { TagSet: [] } }
        return probe('tag', 'to write tags (s3:PutObjectTagging', () => client.send(new PutObjectTaggingCommand(none)))
      }
      if (how === 'move') await probe('move', 'to write objects (s3:PutObject', put)
      await probe('delete', 'to delete objects (s3:DeleteObject', remove)
    },
  }
}
