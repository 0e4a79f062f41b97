import { GetObjectTaggingCommand, PutObjectTaggingCommand, type Tag } from '@aws-sdk/client-s3'
import type { LoadedVersion, Taken } from '../source.ts'
import type { Bucket } from './bucket.ts'
import { isNoObject, sourceFailure } from './failures.ts'
import { versionOf } from './list-keys.ts'
import { headOf } from './read-object.ts'
import { isVersion } from './take-object.ts'

/** Adds tags to an object that still is the version that was loaded. */
export async function tagObject(bucket: Bucket, version: LoadedVersion, tags: Readonly<Record<string, string>>): Promise<Taken> {
  const { path } = version
  const head = await headOf(bucket, path)
  if (head === undefined) return { state: 'absent' }
  const now = versionOf(head.ETag ?? '', head.ContentLength ?? 0, head.LastModified)
  if (!(await isVersion(bucket, version, now))) return { state: 'changed' }
  // Where the bucket keeps versions, that one; else whatever is there by then, which is looked at below.
  const object = { Bucket: bucket.name, Key: bucket.prefix + path, ...(head.VersionId ? { VersionId: head.VersionId } : {}) }
  try {
    const { TagSet: before = [] } = await bucket.client.send(new GetObjectTaggingCommand(object))
    await bucket.client.send(new PutObjectTaggingCommand({ ...object, Tagging: { TagSet: merged(before, tags) } }))
    const after = head.VersionId ? head : await headOf(bucket, path)
    if (after?.ETag === head.ETag) return { state: 'taken' }
    // A newer version got the tags of a loaded one, by which somebody may delete it.
    const others = merged(before, tags).filter(({ Key = '' }) => !Object.hasOwn(tags, Key))
    if (after !== undefined) await bucket.client.send(new PutObjectTaggingCommand({ ...object, Tagging: { TagSet: others } }))
    return { state: 'changed' }
  } catch (error) {
    if (isNoObject(error)) return { state: 'absent' }
    const permission = `to tag objects (s3:GetObjectTagging, s3:PutObjectTagging on ${bucket.name})`
    throw sourceFailure(error, `tag the loaded file ${path} of ${bucket.place}`, permission)
  }
}

function merged(before: readonly Tag[], tags: Readonly<Record<string, string>>): Tag[] {
  const others = before.filter(({ Key = '' }) => !Object.hasOwn(tags, Key))
  return [...others, ...Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))]
}
