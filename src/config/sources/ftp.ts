import { resolve } from 'node:path'
import { z } from 'zod'
import { refusedHost } from '../../sources/refused-address.ts'
import { secret } from '../secret.ts'
import { strict } from '../strictness.ts'
import { climbs, withoutHost } from './address.ts'
import { type SourceOptions, sourceOptions, toSourceOptions } from './source-options.ts'

const URL_EXAMPLE = "write 'ftp://user@host/folder' (TLS is asked for), or 'ftps://user@host/folder' (TLS from the first byte)"

export const ftpSchema = strict({
  kind: z.literal('ftp'),
  url: z.string({ error: 'expected an address' }).superRefine((text, context) => {
    const fault = urlFault(text)
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
  }),
  password: secret.optional(),
  insecure: z.literal(true, { error: 'expected true, which sends password and files in the clear, or nothing' }).optional(),
  ca: z.string().min(1).optional(),
  ...sourceOptions('60s'),
}).superRefine(({ url, insecure, ca }, context) => {
  const fault = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message })
  if (insecure && url.startsWith('ftps:')) fault('insecure', 'the address asks for TLS; leave one of the two out')
  if (insecure && ca !== undefined) fault('ca', 'without TLS no certificate is looked at; leave one of the two out')
})

/** A folder on an FTP server. */
export interface FtpFolder extends SourceOptions {
  readonly kind: 'ftp'
  readonly host: string
  readonly port: number
  readonly user: string
  /** Absolute, without a slash at its end; empty for the server's own. */
  readonly folder: string
  /** `none` only where the config says that it may be read on the way. */
  readonly tls: 'explicit' | 'implicit' | 'none'
  /** The name of an environment variable. */
  readonly passwordEnv: string | undefined
  /** A file with the certificates that are trusted; undefined: those that Node.js trusts. */
  readonly ca: string | undefined
}

export function toFtpFolder(checked: z.output<typeof ftpSchema>, base: string): FtpFolder {
  const url = new URL(checked.url)
  const implicit = url.protocol === 'ftps:'
  return {
    kind: 'ftp',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (implicit ? 990 : 21) : Number(url.port),
    user: url.username === '' ? 'anonymous' : decodeURIComponent(url.username),
    folder: decodeURIComponent(url.pathname).replace(/\/+$/, ''),
    tls: implicit ? 'implicit' : checked.insecure ? 'none' : 'explicit',
    passwordEnv: checked.password?.env,
    ca: checked.ca && resolve(base, checked.ca),
    ...toSourceOptions(checked),
  }
}

export function ftpPlace({ tls, user, host, port, folder }: FtpFolder): string {
  return `${tls === 'implicit' ? 'ftps' : 'ftp'}://${user}@${host}:${port}${folder}`
}

/** Without what was written: it may hold a password. */
function urlFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.password) return "it holds a password: leave that out, and write password: env('NAME')"
  if (!['ftp:', 'ftps:'].includes(url?.protocol ?? '') || !url?.hostname) return URL_EXAMPLE
  if (climbs(withoutHost(text))) return `its folder has a . or .. in it; ${URL_EXAMPLE}`
  if (/[\r\n]|%0[ad]/i.test(text)) return `its folder has a line end in it; ${URL_EXAMPLE}`
  return refusedHost(url.hostname)
}
