import { messageOf, systemCodeOf, TidemarkError } from '../../errors.ts'
import { retryAfterMs } from '../../retry-after.ts'
import { tlsMend } from '../tls-mend.ts'
import { clockMend } from '../wrong-clock.ts'

const DEFAULT_RETRY_AFTER_MS = 5_000

/** For what concerns the whole source; `permission`: what the credentials must be allowed to do. Without the cause, which has the request in it. */
export function sourceFailure(error: unknown, doing: string, permission: string): TidemarkError {
  if (error instanceof TidemarkError) return error
  const message = `Expected to ${doing}, got ${wordsOf(error)}. ${mendOf(error, permission)}`
  const pauseMs = isThrottling(statusOf(error))
    ? (retryAfterMs(headerOf(error, 'retry-after')) ?? DEFAULT_RETRY_AFTER_MS)
    : undefined
  return new TidemarkError('SourceUnavailable', message, { retryAfterMs: pauseMs })
}

export function objectFailure(path: string, place: string): TidemarkError {
  const message = `Expected to read ${path} in ${place} as it was listed, got no such version. It has changed or gone since, and is looked at again.`
  return new TidemarkError('FileUnreadable', message)
}

export function isNoObject(error: unknown): boolean {
  return statusOf(error) === 404
}

export function isChanged(error: unknown): boolean {
  return statusOf(error) === 412
}

function wordsOf(error: unknown): string {
  const status = statusOf(error)
  if (status !== undefined) return `the answer ${status}`
  if (isWithoutCredentials(error)) return 'no credentials'
  const code = systemCodeOf(error)
  return code ?? /\b(E[A-Z]{4,})\b/.exec(messageOf(error))?.[1] ?? 'no answer'
}

function mendOf(error: unknown, permission: string): string {
  const status = statusOf(error)
  if (isWithoutCredentials(error))
    return "Give the worker credentials: GOOGLE_APPLICATION_CREDENTIALS, a service account of the machine, or keyFile or credentials: env('NAME') in `source`."
  if (status === 404) return 'Create the bucket, or correct the url of `source` in the config.'
  if (status === 401 || /invalid_grant|invalid_client/.test(messageOf(error)))
    return (
      clockMend(headerOf(error, 'date')) ??
      'Google does not know these credentials: correct the key where the worker runs; it may have been deleted or have expired.'
    )
  if (status === 403) return `Allow these credentials ${permission}.`
  if (isThrottling(status)) return 'The server asks for fewer requests; it is tried again later.'
  if (status !== undefined && status >= 500) return 'The server itself fails; it is tried again.'
  if (status !== undefined) return 'Correct `source` in the config.'
  return tlsMend(error) ?? 'See that the endpoint of `source` is right, and can be reached from where the worker runs.'
}

function isWithoutCredentials(error: unknown): boolean {
  return /Could not load the default credentials|ENOENT.*\.json|does not exist, or it is not a file/.test(messageOf(error))
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'number' ? error.code : undefined
}

function headerOf(error: unknown, name: string): unknown {
  const response = typeof error === 'object' && error !== null && 'response' in error ? error.response : undefined
  const headers = typeof response === 'object' && response !== null && 'headers' in response ? response.headers : undefined
  return headers instanceof Headers ? headers.get(name) : Object(headers)[name]
}

function isThrottling(status: number | undefined): boolean {
  return status === 429 || status === 503
}
