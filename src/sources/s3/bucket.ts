import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { S3Client } from '@aws-sdk/client-s3'
import type { S3Bucket } from '../../config/sources/s3.ts'
import type { CallCount } from '../call-count.ts'
import { envValue } from '../env-value.ts'
import { guardedLookup } from '../refused-address.ts'

const CONNECT_WITHIN_MS = 5_000
/** Without a word for so long, an answer is not coming: with all tries a silent server is told in about a minute. */
const ANSWER_WITHIN_MS = 15_000
/** Without a byte for so long, an answer is not going on any more. */
const SILENT_MS = 30_000
/** Each with its pause, which the client takes from the server's own word where there is one. */
const TRIES = 4
const MOST_SOCKETS = 32
/** Of servers that know no regions. */
const ANY_REGION = 'us-east-1'

// The client's version is pinned here, so its word about its own later versions helps nobody who runs this one.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

/** A bucket with a client for it. */
export interface Bucket {
  readonly client: S3Client
  readonly name: string
  readonly prefix: string
  /** For people. */
  readonly place: string
  /** Who is asked, and by whom: the same of two sources with the same answers. */
  readonly login: string
}

export function openBucket(config: S3Bucket, calls: CallCount): Bucket {
  const { bucket, prefix, endpoint, region, forcePathStyle, profile, keyEnv } = config
  const agent = { keepAlive: true, maxSockets: MOST_SOCKETS, lookup: guardedLookup }
  const client = new S3Client({
    forcePathStyle,
    maxAttempts: TRIES,
    requestChecksumCalculation: 'WHEN_REQUIRED', // some servers know no other
    requestHandler: {
      connectionTimeout: CONNECT_WITHIN_MS,
      requestTimeout: ANSWER_WITHIN_MS,
      throwOnRequestTimeout: true,
      socketTimeout: SILENT_MS,
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent(agent),
    },
    ...(endpoint === undefined ? {} : { endpoint, region: region ?? ANY_REGION }),
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(keyEnv === undefined ? {} : { credentials: keysOf(keyEnv) }),
  })
  const place = `s3://${bucket}/${prefix}`
  // Within what tries again, so that each try counts.
  client.middlewareStack.add(
    (next) => (args) => {
      calls.add()
      return next(args)
    },
    { step: 'deserialize', name: 'countCalls' },
  )
  return { client, name: bucket, prefix, place, login: JSON.stringify([endpoint, region, profile, keyEnv, place]) }
}

function keysOf({ id, secret, session }: NonNullable<S3Bucket['keyEnv']>) {
  return {
    accessKeyId: envValue(id, 'the access key id'),
    secretAccessKey: envValue(secret, 'the secret access key'),
    ...(session === undefined ? {} : { sessionToken: envValue(session, 'the session token') }),
  }
}
