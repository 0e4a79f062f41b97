import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  type HeadObjectCommandOutput,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3'
import type { TaggableStore } from '../tag-in-place.ts'
import type { Head, ObjectStore } from '../take-by-copy.ts'
import type { Bucket } from './bucket.ts'
import { isChanged, isNoObject, sourceFailure } from './failures.ts'
import { etagOf, versionOf } from './list-keys.ts'
import { headOf, openObject } from './read-object.ts'

/** In a copy's metadata. */
const MARK = 'tidemark-copy-of'

interface Found extends Head {
  readonly head: HeadObjectCommandOutput
}

/** What is done to the objects of a bucket after their load. */
export function objectsOf(bucket: Bucket): ObjectStore<Found> & TaggableStore<Found> {
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
          await client.send(copyCommand(bucket, path, found, to, mark))
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
  }
}

function copyCommand({ name, prefix }: Bucket, path: string, { head, fingerprint }: Found, to: string, mark: string) {
  const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType } = head
  return new CopyObjectCommand({
    Bucket: name,
    Key: prefix + to,
    CopySource: `${name}/${encodeURIComponent(prefix + path).replaceAll('%2F', '/')}`,
    CopySourceIfMatch: etagOf(fingerprint),
    IfNoneMatch: '*',
    MetadataDirective: 'REPLACE',
    CacheControl,
    ContentDisposition,
    ContentEncoding,
    ContentLanguage,
    ContentType,
    Metadata: { ...head.Metadata, [MARK]: mark },
  })
}
