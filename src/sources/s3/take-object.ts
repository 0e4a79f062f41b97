import { CopyObjectCommand, DeleteObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import { TidemarkError } from '../../errors.ts'
import { contentFingerprint, isOfContent } from '../content-identity.ts'
import { movedNames } from '../moved-names.ts'
import type { LoadedVersion, Taken } from '../source.ts'
import type { Bucket } from './bucket.ts'
import { isChanged, isNoObject, sourceFailure } from './failures.ts'
import { etagOf, versionOf } from './list-keys.ts'
import { headOf, openObject } from './read-object.ts'

/** In a copy's metadata: which version of which file it is a copy of, so that a try that was cut is told from another file's copy. */
const MARK = 'tidemark-copy-of'

/** Deletes an object, or copies it first: each on the condition that it still is the version that was loaded. */
export async function takeObject(bucket: Bucket, version: LoadedVersion, to: string | undefined): Promise<Taken> {
  const head = await headOf(bucket, version.path)
  if (head === undefined) return to === undefined ? { state: 'taken' } : foundAgain(bucket, version, to)
  const now = versionOf(head.ETag ?? '', head.ContentLength ?? 0, head.LastModified)
  if (!(await isVersion(bucket, version, now))) return { state: 'changed' }
  try {
    const movedTo = to === undefined ? undefined : await copy(bucket, head, { ...version, fingerprint: now.fingerprint }, to)
    await bucket.client.send(
      new DeleteObjectCommand({ Bucket: bucket.name, Key: bucket.prefix + version.path, IfMatch: etagOf(now.fingerprint) }),
    )
    return { state: 'taken', movedTo }
  } catch (error) {
    if (isChanged(error) || isNoObject(error)) return { state: 'changed' }
    const what = to === undefined ? 'delete' : `move to ${to}`
    throw sourceFailure(error, `${what} the loaded file ${version.path} of ${bucket.place}`, permissionOf(bucket, to))
  }
}

export async function isVersion(
  bucket: Bucket,
  { path, fingerprint }: LoadedVersion,
  now: ReturnType<typeof versionOf>,
): Promise<boolean> {
  if (!isOfContent(fingerprint) || now.fingerprint === fingerprint) return now.fingerprint === fingerprint
  const source = { open: (version: Parameters<typeof openObject>[1]) => openObject(bucket, version) }
  return (await contentFingerprint(source, { ...now, path })) === fingerprint
}

async function copy(bucket: Bucket, head: HeadObjectCommandOutput, version: LoadedVersion, to: string): Promise<string> {
  const mark = markOf(version)
  for (const name of movedNames(version, to)) {
    const there = await headOf(bucket, name)
    if (there?.Metadata?.[MARK] === mark) return name
    if (there !== undefined) continue
    try {
      await bucket.client.send(copyCommand(bucket, head, version, name))
      return name
    } catch (error) {
      // Somebody has just written there; or the object itself has changed, which the next look tells.
      if (!isChanged(error) || (await headOf(bucket, name)) === undefined) throw error
    }
  }
  throw new TidemarkError('FileUnreadable', `there are too many files named ${version.path} in ${to}; take some of them away`)
}

function copyCommand({ name: bucket, prefix }: Bucket, head: HeadObjectCommandOutput, version: LoadedVersion, name: string) {
  const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType } = head
  return new CopyObjectCommand({
    Bucket: bucket,
    Key: prefix + name,
    CopySource: `${bucket}/${encodeURIComponent(prefix + version.path).replaceAll('%2F', '/')}`,
    CopySourceIfMatch: etagOf(version.fingerprint),
    IfNoneMatch: '*',
    MetadataDirective: 'REPLACE',
    CacheControl,
    ContentDisposition,
    ContentEncoding,
    ContentLanguage,
    ContentType,
    Metadata: { ...head.Metadata, [MARK]: markOf(version) },
  })
}

/** Another try has moved it, and could not say so. */
async function foundAgain(bucket: Bucket, version: LoadedVersion, to: string): Promise<Taken> {
  for (const name of movedNames(version, to)) {
    const there = await headOf(bucket, name)
    if (there === undefined) break
    const mark = there.Metadata?.[MARK] ?? ''
    if (isOfContent(version.fingerprint) ? mark.startsWith(`${version.sequence}-`) : mark === markOf(version))
      return { state: 'taken', movedTo: name }
  }
  return { state: 'absent' }
}

function markOf({ sequence, fingerprint }: LoadedVersion): string {
  return `${sequence}-${fingerprint}`
}

function permissionOf({ name }: Bucket, to: string | undefined): string {
  const both = `to delete objects (s3:DeleteObject on ${name})`
  return to === undefined ? both : `to write and ${both.slice('to '.length).replace('s3:', 's3:PutObject, s3:')}`
}
