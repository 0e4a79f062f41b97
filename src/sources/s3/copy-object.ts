import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type HeadObjectCommandOutput,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import pMap from 'p-map'
import type { Bucket } from './bucket.ts'
import { etagOf } from './list-keys.ts'

/** What one request may copy, by Amazon's rules. */
const LARGEST_COPY = 5 * 2 ** 30
/** Each costs a request; there may be 10,000, and the largest object has 5 TB. */
const PART = 512 * 2 ** 20
const PARTS_AT_ONCE = 4

export interface CopyRequest {
  readonly path: string
  readonly to: string
  readonly mark: Readonly<Record<string, string>>
  readonly fingerprint: string
  readonly size: number
  readonly head: HeadObjectCommandOutput
  /** Smaller in tests. */
  readonly largest?: number
  readonly part?: number
}

/** Copies an object within its bucket, on the conditions that it still is the version that was found, and that nothing is where it goes. */
export async function copyObject(bucket: Bucket, request: CopyRequest): Promise<void> {
  const { largest = LARGEST_COPY, size, to, head, mark } = request
  const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType } = head
  const kept = { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType }
  const made = { Bucket: bucket.name, Key: bucket.prefix + to, ...kept, Metadata: { ...head.Metadata, ...mark } }
  if (size > largest) return copyInParts(bucket, request, made)
  await bucket.client.send(
    new CopyObjectCommand({ ...made, ...sourceOf(bucket, request), IfNoneMatch: '*', MetadataDirective: 'REPLACE' }),
  )
}

async function copyInParts(
  bucket: Bucket,
  request: CopyRequest,
  made: ConstructorParameters<typeof CreateMultipartUploadCommand>[0],
): Promise<void> {
  const { client } = bucket
  const { size, part = PART } = request
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(made))
  const upload = { Bucket: made.Bucket, Key: made.Key, UploadId }
  try {
    const starts = Array.from({ length: Math.ceil(size / part) }, (_, index) => index * part)
    const Parts = await pMap(
      starts,
      async (start, index): Promise<CompletedPart> => {
        const CopySourceRange = `bytes=${start}-${Math.min(start + part, size) - 1}`
        const PartNumber = index + 1
        const command = new UploadPartCopyCommand({ ...upload, ...sourceOf(bucket, request), CopySourceRange, PartNumber })
        const { CopyPartResult } = await client.send(command)
        return { PartNumber, ETag: CopyPartResult?.ETag }
      },
      { concurrency: PARTS_AT_ONCE },
    )
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, IfNoneMatch: '*' }))
  } catch (error) {
    // Parts cost as objects do, and are in no listing.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined) // what has failed is what is told
    throw error
  }
}

function sourceOf({ name, prefix }: Bucket, { path, fingerprint }: CopyRequest) {
  return {
    CopySource: `${name}/${encodeURIComponent(prefix + path).replaceAll('%2F', '/')}`,
    CopySourceIfMatch: etagOf(fingerprint),
  }
}
