import { messageOf, systemCodeOf, TidemarkError } from '../../errors.ts'

/** The answers of the protocol's version 3, which is the one that is spoken. */
const NO_SUCH_FILE = 2
const PERMISSION_DENIED = 3
const FAILURE = 4
const END_OF_FILE = 1

export function isAbsent(error: unknown): boolean {
  return statusOf(error) === NO_SUCH_FILE
}

export function isEndOfFile(error: unknown): boolean {
  return statusOf(error) === END_OF_FILE
}

/** The server says no without a reason: the name is taken, mostly. */
export function isPlainFailure(error: unknown): boolean {
  return statusOf(error) === FAILURE
}

export function isDenied(error: unknown): boolean {
  return statusOf(error) === PERMISSION_DENIED
}

/** The server has answered: its connection is sound. */
export function isAnswer(error: unknown): boolean {
  return statusOf(error) !== undefined
}

export function sourceFailure(error: unknown, doing: string, place: string): TidemarkError {
  if (error instanceof TidemarkError) return error
  const message = `Expected to ${doing} at ${place}, got ${wordsOf(error)}. ${mendOf(error)}`
  return new TidemarkError('SourceUnavailable', message, { cause: error })
}

export function fileFailure(error: unknown, path: string, place: string): TidemarkError {
  if (error instanceof TidemarkError) return error
  const mend = isAbsent(error)
    ? 'It has gone since it was listed; put it back if it is to be loaded.'
    : statusOf(error) === PERMISSION_DENIED
      ? 'Let the user of the login read it.'
      : mendOf(error)
  return new TidemarkError('FileUnreadable', `Expected to read ${path} at ${place}, got ${wordsOf(error)}. ${mend}`, {
    cause: error,
  })
}

function wordsOf(error: unknown): string {
  if (isOfHandshake(error)) return 'no SSH server'
  if (isRefusedLogin(error)) return 'a refused login'
  return systemCodeOf(error) ?? messageOf(error)
}

function mendOf(error: unknown): string {
  if (isRefusedLogin(error)) return 'Correct the user, and the password or key, of `source`, or let the server know them.'
  switch (statusOf(error)) {
    case NO_SUCH_FILE:
      return 'Create the folder on the server, or correct the url of `source` in the config.'
    case PERMISSION_DENIED:
      return 'Let the user of the login read and enter it.'
    case undefined:
      if (isOfHandshake(error)) return 'Something else answers there, or lets nobody begin: see that its host and port are right.'
      return 'See that its host and port are right, and can be reached from where the worker runs.'
    default:
      return 'See what the server says in its log.'
  }
}

function isRefusedLogin(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'level' in error && error.level === 'client-authentication'
}

/** Whatever answers has not begun as the protocol does. */
function isOfHandshake(error: unknown): boolean {
  return /before handshake|Invalid (identification|greeting)|unable to parse|Protocol version/i.test(messageOf(error))
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'number' ? error.code : undefined
}
