import { z } from 'zod'
import { secret } from '../secret.ts'
import { strict } from '../strictness.ts'
import { httpEndpoint } from './address.ts'
import { type SourceOptions, sourceOptions, toSourceOptions } from './source-options.ts'

const BUCKET = /^s3:\/\/(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/+(?<prefix>.*))?$/

export const s3Schema = strict({
  kind: z.literal('s3'),
  url: z.string({ error: 'expected an address' }).regex(BUCKET, {
    error:
      "write the bucket and a prefix, such as 's3://bucket/prefix'; a bucket's name has 3 to 63 small letters, digits, points and hyphens",
  }),
  endpoint: httpEndpoint.optional(),
  region: z.string().min(1).optional(),
  forcePathStyle: z.boolean().optional(),
  profile: z.string().min(1).optional(),
  accessKeyId: secret.optional(),
  secretAccessKey: secret.optional(),
  sessionToken: secret.optional(),
  ...sourceOptions('0s'),
}).superRefine(({ accessKeyId, secretAccessKey, sessionToken, profile }, context) => {
  const missing = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message })
  if (accessKeyId !== undefined && secretAccessKey === undefined)
    missing('secretAccessKey', "write env('NAME') beside accessKeyId, or leave out both to use AWS's own chain of credentials")
  if (accessKeyId === undefined && (secretAccessKey ?? sessionToken) !== undefined)
    missing('accessKeyId', "write env('NAME') beside the secret, or leave out both to use AWS's own chain of credentials")
  if (accessKeyId !== undefined && profile !== undefined) missing('profile', 'the access key is given; leave one of the two out')
})

/** A bucket, or what lies under a prefix in it, in Amazon S3 or in what speaks its protocol. */
export interface S3Bucket extends SourceOptions {
  readonly kind: 's3'
  readonly bucket: string
  /** Empty, or with a slash at its end. */
  readonly prefix: string
  /** Undefined: Amazon's own for the region. */
  readonly endpoint: string | undefined
  /** Undefined: as the environment or the profile says. */
  readonly region: string | undefined
  /** `endpoint/bucket` rather than `bucket.endpoint`. */
  readonly forcePathStyle: boolean
  readonly profile: string | undefined
  /** Names of environment variables. */
  readonly keyEnv: { readonly id: string; readonly secret: string; readonly session: string | undefined } | undefined
}

export function toS3Bucket(checked: z.output<typeof s3Schema>): S3Bucket {
  const { bucket = '', prefix = '' } = BUCKET.exec(checked.url)?.groups ?? {}
  const { accessKeyId, secretAccessKey, sessionToken } = checked
  const inside = prefix.replace(/\/+$/, '')
  return {
    kind: 's3',
    bucket,
    prefix: inside === '' ? '' : `${inside}/`,
    endpoint: checked.endpoint,
    region: checked.region,
    // Few servers beside Amazon's own have a name for each bucket.
    forcePathStyle: checked.forcePathStyle ?? checked.endpoint !== undefined,
    profile: checked.profile,
    keyEnv:
      accessKeyId && secretAccessKey
        ? { id: accessKeyId.env, secret: secretAccessKey.env, session: sessionToken?.env }
        : undefined,
    ...toSourceOptions(checked),
  }
}
