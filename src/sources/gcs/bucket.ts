import { type Bucket as Client, Storage } from '@google-cloud/storage'
import { z } from 'zod'
import type { GcsBucket } from '../../config/sources/gcs.ts'
import { TidemarkError } from '../../errors.ts'
import type { CallCount } from '../call-count.ts'
import { envValue } from '../env-value.ts'
import { guardedLookup } from '../refused-address.ts'

/** Its pauses begin with a second and cannot be made shorter; who asks tries again as well. */
const RETRIES = 1
const ALL_TRIES_S = 30
/** Without an answer for so long, none is coming any more. */
const SILENT_MS = 15_000

/** A bucket with a client for it. */
export interface Bucket {
  readonly client: Client
  /** The client counts none: of those that it tries again, the first one counts. */
  readonly calls: CallCount
  /** A server that nobody is told to. */
  readonly isAnonymous: boolean
  readonly name: string
  readonly prefix: string
  /** For people. */
  readonly place: string
  /** Who is asked, and by whom: the same of two sources with the same answers. */
  readonly login: string
}

export async function openBucket(config: GcsBucket, calls: CallCount): Promise<Bucket> {
  const { bucket, prefix, endpoint, keyFile, credentialsEnv } = config
  if (endpoint !== undefined) await assertAllowed(new URL(endpoint).hostname)
  const isAnonymous = endpoint !== undefined && (keyFile ?? credentialsEnv) === undefined
  const storage = new Storage({
    timeout: SILENT_MS,
    retryOptions: { autoRetry: true, maxRetries: RETRIES, totalTimeout: ALL_TRIES_S },
    ...(endpoint === undefined ? {} : { apiEndpoint: endpoint, useAuthWithCustomEndpoint: !isAnonymous }),
    ...(keyFile === undefined ? {} : { keyFilename: keyFile }),
    ...(credentialsEnv === undefined ? {} : { credentials: keyIn(credentialsEnv) }),
  })
  const place = `gs://${bucket}/${prefix}`
  return {
    client: storage.bucket(bucket),
    calls,
    isAnonymous,
    name: bucket,
    prefix,
    place,
    login: JSON.stringify([endpoint, keyFile, credentialsEnv, place]),
  }
}

const KEY = z.object({ client_email: z.string(), private_key: z.string() })

/** Without a word of the key itself. */
function keyIn(variable: string) {
  try {
    return KEY.parse(JSON.parse(envValue(variable, "a service account's key")))
  } catch (error) {
    if (error instanceof TidemarkError) throw error
    const message = `Expected a service account's key, as its JSON file has it, in the environment variable ${variable}, got another text. Set it where the worker runs.`
    throw new TidemarkError('SourceUnavailable', message)
  }
}

/** The client takes no lookup of ours: the name is looked up once, before. */
function assertAllowed(host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // That a name is not known, or not now, the client says by itself.
    guardedLookup(host.replace(/^\[|\]$/g, ''), {}, (error) => (error instanceof TidemarkError ? reject(error) : resolve()))
  })
}
