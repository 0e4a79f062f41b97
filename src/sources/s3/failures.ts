import { messageOf, systemCodeOf, TidemarkError } from '../../errors.ts'
import { retryAfterMs } from '../../retry-after.ts'
import { tlsMend } from '../tls-mend.ts'
import { clockMend } from '../wrong-clock.ts'

/** Where the server is named only in its own words. */
interface Failure {
  readonly name: string
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string>>
}

const DEFAULT_RETRY_AFTER_MS = 5_000
const THROTTLED = new Set([
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'ServiceUnavailable',
])

/** For what concerns the whole source. `permission`: what the credentials must be allowed to do. */
export function sourceFailure(error: unknown, doing: string, permission: string): TidemarkError {
  if (error instanceof TidemarkError) return error
  const failure = failureOf(error)
  const message = `Expected to ${doing}, got ${wordsOf(error, failure)}. ${mendOf(failure, error, permission)}`
  return new TidemarkError('SourceUnavailable', message, { cause: error, retryAfterMs: pauseAfter(failure) })
}

/** Whether an answer concerns one object and no other. */
export function isOfObject(error: unknown): boolean {
  return ['NoSuchKey', 'PreconditionFailed', 'InvalidObjectState', 'InvalidRange'].includes(failureOf(error).name)
}

export function objectFailure(error: unknown, path: string, place: string): TidemarkError {
  const { name } = failureOf(error)
  const mend =
    name === 'InvalidObjectState'
      ? 'It is archived: restore it, or move it to another storage class.'
      : name === 'NoSuchKey'
        ? 'It has gone since it was listed; put it back if it is to be loaded.'
        : 'It has changed since it was listed, and is looked at again.'
  return new TidemarkError('FileUnreadable', `Expected to read ${path} in ${place}, got ${name}. ${mend}`, { cause: error })
}

export function isNoObject(error: unknown): boolean {
  return failureOf(error).status === 404
}

export function isChanged(error: unknown): boolean {
  const { name, status } = failureOf(error)
  return status === 412 || name === 'PreconditionFailed'
}

/** The server has said something, and not the network nothing. */
export function isAnswer(error: unknown): boolean {
  return failureOf(error).status !== undefined
}

export function isThrottled(error: unknown): boolean {
  return isThrottling(failureOf(error))
}

function failureOf(error: unknown): Failure {
  const record = typeof error === 'object' && error !== null ? error : {}
  const name = 'name' in record && typeof record.name === 'string' ? record.name : 'Error'
  const metadata = '$metadata' in record && typeof record.$metadata === 'object' ? record.$metadata : null
  const status = metadata && 'httpStatusCode' in metadata ? Number(metadata.httpStatusCode) : undefined
  const response = '$response' in record && typeof record.$response === 'object' ? record.$response : null
  const headers = response && 'headers' in response && typeof response.headers === 'object' ? response.headers : null
  return { name, status, headers: { ...headers } }
}

/** The server's name for it; where no server has answered, the network's. Never what it says at length, which may quote the request. */
function wordsOf(error: unknown, { name, status }: Failure): string {
  if (status !== undefined && !['Error', 'Unknown', 'UnknownError'].includes(name))
    return status === 200 ? name : `${name} (${status})`
  if (status !== undefined) return `the answer ${status}`
  return systemCodeOf(error) ?? /\b(E[A-Z]{4,})\b/.exec(messageOf(error))?.[1] ?? messageOf(error)
}

function mendOf({ name, status, headers }: Failure, error: unknown, permission: string): string {
  switch (name) {
    case 'NoSuchBucket':
      return 'Create the bucket, or correct the url of `source` in the config.'
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'InvalidToken':
      return 'The server does not know these credentials: correct the access key and its secret where the worker runs.'
    case 'ExpiredToken':
    case 'TokenRefreshRequired':
      return 'The credentials have expired: renew them where the worker runs.'
    case 'CredentialsProviderError':
      return "Give the worker credentials: AWS's environment variables, a profile or a role, or accessKeyId and secretAccessKey with env('NAME') in `source`."
    case 'RequestTimeTooSkewed':
      return clockMend(headers.date) ?? "Set this machine's clock right."
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException':
      return regionMend(headers['x-amz-bucket-region'])
    case 'TimeoutError':
      return 'See that the endpoint can be reached from where the worker runs.'
  }
  if (isThrottling({ name, status, headers })) return 'The server asks for fewer requests; it is tried again later.'
  if (status === 301 || status === 400) return regionMend(headers['x-amz-bucket-region'])
  if (status === 401 || status === 403) return `Allow these credentials ${permission}.`
  if (status !== undefined && status >= 500) return 'The server itself fails; it is tried again.'
  if (/region is missing/i.test(messageOf(error)))
    return "Write region: 'eu-central-1', or the one that it is, in `source`, or set AWS_REGION where the worker runs."
  if (status !== undefined) return 'Correct `source` in the config.'
  return tlsMend(error) ?? 'See that the endpoint of `source` is right, and can be reached from where the worker runs.'
}

function regionMend(region: string | undefined): string {
  return region === undefined
    ? "Correct the region of `source`: the bucket's own is needed."
    : `Write region: '${region}' in \`source\`: the bucket is there.`
}

function isThrottling({ name, status }: Failure): boolean {
  return THROTTLED.has(name) || status === 429 || status === 503
}

function pauseAfter(failure: Failure): number | undefined {
  return isThrottling(failure) ? (retryAfterMs(failure.headers['retry-after']) ?? DEFAULT_RETRY_AFTER_MS) : undefined
}
