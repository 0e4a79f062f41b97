import { messageOf, systemCodeOf, TidemarkError } from '../../errors.ts'

/** Of RFC 959: no such file, or no right to it. Servers do not tell the two apart. */
const NOT_AVAILABLE = 550
const TOO_MANY = 421
const LATER_MS = 10_000

export class CutListing extends Error {
  override readonly name = 'CutListing'

  constructor() {
    super('a listing that ends in the middle')
  }
}

export function replyOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'number' ? error.code : undefined
}

export function isNotAvailable(error: unknown): boolean {
  return replyOf(error) === NOT_AVAILABLE
}

/** The server has never heard of the command. */
export function isUnknownCommand(error: unknown): boolean {
  return [500, 501, 502, 504].includes(replyOf(error) ?? 0)
}

export function sourceFailure(error: unknown, doing: string, place: string): TidemarkError {
  if (error instanceof TidemarkError) return error
  const message = `Expected to ${doing} at ${place}, got ${wordsOf(error)}. ${mendOf(error)}`
  const retryAfterMs = replyOf(error) === TOO_MANY ? LATER_MS : undefined
  return new TidemarkError('SourceUnavailable', message, { cause: error, retryAfterMs })
}

export function fileFailure(error: unknown, path: string, place: string): TidemarkError {
  if (error instanceof TidemarkError) return error
  const mend = isNotAvailable(error)
    ? 'It has gone since it was listed, or the user of the login may not read it.'
    : mendOf(error)
  return new TidemarkError('FileUnreadable', `Expected to read ${path} at ${place}, got ${wordsOf(error)}. ${mend}`, {
    cause: error,
  })
}

function wordsOf(error: unknown): string {
  const reply = replyOf(error)
  if (reply === 530) return 'a refused login (530)'
  if (reply !== undefined) return `the answer ${reply}`
  return systemCodeOf(error) ?? messageOf(error)
}

function mendOf(error: unknown): string {
  if (error instanceof CutListing) return 'It was cut on its way; it is listed again.'
  const code = systemCodeOf(error) ?? ''
  const reply = replyOf(error) ?? 0
  if ([421, 503, 530, 534, 550].includes(reply) && /\b(TLS|SSL)\b/.test(messageOf(error)))
    return 'The server asks for TLS: leave insecure out of `source`.'
  switch (replyOf(error)) {
    case 530:
    case 331:
    case 332:
      return 'Correct the user and the password of `source`, or let the server know them.'
    case NOT_AVAILABLE:
      return 'Create the folder on the server, let the user of the login read it, or correct the url of `source` in the config.'
    case TOO_MANY:
      return 'The server has too many connections; it is tried again later.'
    case 500:
    case 502:
    case 504:
    case 534:
      return "The server knows no TLS: use 'ftps://' where it speaks that; only if password and files may be read on the way, write insecure: true."
    case 522:
    case 425:
    case 426:
      return 'See that the ports for its data can be reached from where the worker runs.'
    case undefined:
      break
    default:
      return 'See what the server says in its log.'
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code))
    return "Its certificate is not trusted: write ca: 'FILE' with the certificate of who has signed it, or have the server get one for its name."
  if (/SSL|TLS|EPROTO/.test(code))
    return "It does not speak TLS as the address says: 'ftp://' asks for it, 'ftps://' begins with it."
  return 'See that its host and port are right, and can be reached from where the worker runs.'
}
