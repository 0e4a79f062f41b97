import { resolve } from 'node:path'
import { z } from 'zod'
import { secret } from '../secret.ts'
import { strict } from '../strictness.ts'
import { httpEndpoint } from './address.ts'
import { type SourceOptions, sourceOptions, toSourceOptions } from './source-options.ts'

const BUCKET = /^gs:\/\/(?<bucket>[a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(?:\/+(?<prefix>.*))?$/

export const gcsSchema = strict({
  kind: z.literal('gcs'),
  url: z.string({ error: 'expected an address' }).regex(BUCKET, {
    error:
      "write the bucket and a prefix, such as 'gs://bucket/prefix'; a bucket's name has 3 to 222 small letters, digits, points, hyphens and underscores",
  }),
  endpoint: httpEndpoint.optional(),
  keyFile: z.string().min(1).optional(),
  credentials: secret.optional(),
  ...sourceOptions('0s'),
}).superRefine(({ keyFile, credentials }, context) => {
  if (keyFile === undefined || credentials === undefined) return
  context.addIssue({ code: 'custom', path: ['keyFile'], message: 'the credentials are given; leave one of the two out' })
})

/** A bucket of Google Cloud Storage, or what lies under a prefix in it. */
export interface GcsBucket extends SourceOptions {
  readonly kind: 'gcs'
  readonly bucket: string
  /** Empty, or with a slash at its end. */
  readonly prefix: string
  /** Undefined: Google's own. Of another one nobody is told who asks, unless credentials are named. */
  readonly endpoint: string | undefined
  /** Of a service account; undefined: Google's own chain is asked. */
  readonly keyFile: string | undefined
  /** The name of an environment variable that holds what a key file does. */
  readonly credentialsEnv: string | undefined
}

export function toGcsBucket(checked: z.output<typeof gcsSchema>, base: string): GcsBucket {
  const { bucket = '', prefix = '' } = BUCKET.exec(checked.url)?.groups ?? {}
  const inside = prefix.replace(/\/+$/, '')
  return {
    kind: 'gcs',
    bucket,
    prefix: inside === '' ? '' : `${inside}/`,
    endpoint: checked.endpoint?.replace(/\/+$/, ''),
    keyFile: checked.keyFile && resolve(base, checked.keyFile),
    credentialsEnv: checked.credentials?.env,
    ...toSourceOptions(checked),
  }
}
