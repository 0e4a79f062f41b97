import { messageOf, systemCodeOf } from '../errors.ts'

/** What to do where a server that is spoken to by HTTP and we do not agree on TLS; undefined when that is not what is wrong. */
export function tlsMend(error: unknown): string | undefined {
  const text = `${systemCodeOf(error)} ${messageOf(error)}`
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/i.test(text))
    return 'Its certificate is not trusted: start the worker with NODE_EXTRA_CA_CERTS set to the file of who has signed it, or have the server get one for its name.'
  if (/EPROTO|WRONG_VERSION|SSL routines/i.test(text))
    return "It does not speak TLS: write 'http://…' as the endpoint, or the port that does."
  if (/HPE_|Parse Error|socket hang up|ECONNRESET/i.test(text))
    return "It has ended the connection: see that it is the right port, and write 'https://…' as the endpoint if it speaks TLS."
  return undefined
}
