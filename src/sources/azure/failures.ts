import { messageOf, systemCodeOf, TidemarkError } from '../../errors.ts'
import { retryAfterMs } from '../../retry-after.ts'
import { tlsMend } from '../tls-mend.ts'
import { clockMend } from '../wrong-clock.ts'

const DEFAULT_RETRY_AFTER_MS = 5_000
const NO_IDENTITY = /Credential|AuthenticationError|AggregateAuthentication/

/** For what concerns the whole source; `permission`: what the credentials must be allowed to do. Without the cause, which has the request in it. */
export function sourceFailure(error: unknown, doing: string, permission: string): TidemarkError {
  if (error instanceof TidemarkError) return error
  const refused = refusalIn(error)
  if (refused !== undefined) return refused
  const message = `Expected to ${doing}, got ${wordsOf(error)}. ${mendOf(error, permission)}`
  return new TidemarkError('SourceUnavailable', message, { retryAfterMs: pauseAfter(error) })
}

/** Whether an answer concerns one blob and no other. */
export function isOfBlob(error: unknown): boolean {
  return isNoBlob(error) || isChanged(error) || ['BlobArchived', 'InvalidRange'].includes(codeOf(error))
}

export function blobFailure(error: unknown, path: string, place: string): TidemarkError {
  const mend =
    codeOf(error) === 'BlobArchived'
      ? 'It is archived: rehydrate it, or move it to another tier.'
      : isNoBlob(error)
        ? 'It has gone since it was listed; put it back if it is to be loaded.'
        : 'It has changed since it was listed, and is looked at again.'
  return new TidemarkError('FileUnreadable', `Expected to read ${path} in ${place}, got ${wordsOf(error)}. ${mend}`)
}

export function isNoBlob(error: unknown): boolean {
  return codeOf(error) === 'BlobNotFound'
}

export function isChanged(error: unknown): boolean {
  return statusOf(error) === 412 || ['BlobAlreadyExists', 'ConditionNotMet'].includes(codeOf(error))
}

/** The name that the server has for it, which for a look at a blob is in a header. */
function codeOf(error: unknown): string {
  const inHeader = headerOf(error, 'x-ms-error-code')
  return inHeader ?? systemCodeOf(error) ?? ''
}

function wordsOf(error: unknown): string {
  const code = codeOf(error)
  const status = statusOf(error)
  if (status !== undefined) return code === '' ? `the answer ${status}` : `${code} (${status})`
  if (isWithoutIdentity(error)) return 'no identity'
  return code === '' || code === 'REQUEST_SEND_ERROR' ? (/\b(E[A-Z]{4,})\b/.exec(messageOf(error))?.[1] ?? 'no answer') : code
}

function mendOf(error: unknown, permission: string): string {
  const status = statusOf(error)
  switch (codeOf(error)) {
    case 'ContainerNotFound':
    case 'ContainerBeingDeleted':
      return 'Create the container, or correct the url of `source` in the config.'
    case 'AuthenticationFailed':
    case 'InvalidAuthenticationInfo':
      return (
        clockMend(headerOf(error, 'date')) ??
        'The server does not know these credentials: correct the account, and its key or signature, where the worker runs; a signature may have expired.'
      )
    case 'AuthorizationPermissionMismatch':
      return `Allow these credentials ${permission}.`
    case 'AuthorizationFailure':
      return `Correct the account's key or signature, allow these credentials ${permission}, or let the account's network rules let this machine in.`
  }
  if (isWithoutIdentity(error))
    return "Give the worker an identity: Azure's environment variables, a managed identity or `az login`; or accountKey or sasToken with env('NAME') in `source`."
  if (isThrottling(status)) return 'The server asks for fewer requests; it is tried again later.'
  if (status === 401 || status === 403) return `Allow these credentials ${permission}.`
  if (status !== undefined && status >= 500) return 'The server itself fails; it is tried again.'
  if (status !== undefined) return 'Correct `source` in the config.'
  return tlsMend(error) ?? 'See that the account or endpoint of `source` is right, and can be reached from where the worker runs.'
}

function isWithoutIdentity(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && NO_IDENTITY.test(String(error.name))
}

/** Of the guard of addresses, which the client has wrapped. */
function refusalIn(error: unknown): TidemarkError | undefined {
  for (let one = error; typeof one === 'object' && one !== null; one = 'cause' in one ? one.cause : undefined)
    if (one instanceof TidemarkError) return one
  return undefined
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined
  return typeof error.statusCode === 'number' ? error.statusCode : undefined
}

function headerOf(error: unknown, name: string): string | undefined {
  if (typeof error !== 'object' || error === null || !('response' in error)) return undefined
  const { response } = error
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined
  const { headers } = response
  if (typeof headers !== 'object' || headers === null || !('get' in headers) || typeof headers.get !== 'function')
    return undefined
  const value: unknown = headers.get(name)
  return typeof value === 'string' ? value : undefined
}

function isThrottling(status: number | undefined): boolean {
  return status === 429 || status === 503
}

function pauseAfter(error: unknown): number | undefined {
  return isThrottling(statusOf(error)) ? (retryAfterMs(headerOf(error, 'retry-after')) ?? DEFAULT_RETRY_AFTER_MS) : undefined
}
