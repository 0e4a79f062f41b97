import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'
import { refusedHost } from '../../sources/refused-address.ts'
import { secret } from '../secret.ts'
import { strict } from '../strictness.ts'
import { climbs, withoutHost } from './address.ts'
import { type SourceOptions, sourceOptions, toSourceOptions } from './source-options.ts'

const URL_EXAMPLE = "write 'sftp://user@host/folder', or with a port 'sftp://user@host:2222/folder'"
const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/

const hostKey = z.string().regex(FINGERPRINT, {
  error: "write the fingerprint as ssh-keygen -l prints it, such as 'SHA256:' and 43 letters and digits",
})

export const sftpSchema = strict({
  kind: z.literal('sftp'),
  url: z.string({ error: 'expected an address' }).superRefine((text, context) => {
    const fault = urlFault(text)
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
  }),
  password: secret.optional(),
  privateKey: secret.optional(),
  keyFile: z.string().min(1).optional(),
  passphrase: secret.optional(),
  agent: z.boolean().optional(),
  hostKey: z
    .union([hostKey, z.array(hostKey).min(1)], { error: "expected a fingerprint, such as 'SHA256:…', or a list of them" })
    .optional(),
  knownHosts: z.string().min(1).optional(),
  ...sourceOptions('60s'),
}).superRefine(({ hostKey, knownHosts, passphrase, privateKey, keyFile }, context) => {
  const fault = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message })
  if (hostKey !== undefined && knownHosts !== undefined) fault('knownHosts', 'the host key is given; leave one of the two out')
  if (passphrase !== undefined && (privateKey ?? keyFile) === undefined)
    fault('passphrase', 'there is no privateKey or keyFile that it opens')
  if (privateKey !== undefined && keyFile !== undefined) fault('keyFile', 'the private key is given; leave one of the two out')
})

/** A folder on an SFTP server. */
export interface SftpFolder extends SourceOptions {
  readonly kind: 'sftp'
  /** A name of the user's ssh config, too. */
  readonly host: string
  /** Undefined: as the ssh config says, or 22. */
  readonly port: number | undefined
  /** Undefined: as the ssh config says, or who runs Tidemark. */
  readonly user: string | undefined
  /** Absolute; or relative to where the login comes to, when the address begins with `/~/`. */
  readonly folder: string
  /** Names of environment variables. */
  readonly passwordEnv: string | undefined
  readonly privateKeyEnv: string | undefined
  readonly passphraseEnv: string | undefined
  readonly keyFile: string | undefined
  /** Whether the agent of who runs Tidemark is asked; undefined: when nothing else is given. */
  readonly agent: boolean | undefined
  /** Fingerprints; empty: the server is looked up among the known hosts. */
  readonly hostKeys: readonly string[]
  readonly knownHosts: string | undefined
}

export function toSftpFolder(checked: z.output<typeof sftpSchema>, base: string): SftpFolder {
  const url = new URL(checked.url)
  const path = decodeURIComponent(url.pathname).replace(/\/+$/, '')
  return {
    kind: 'sftp',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? undefined : Number(url.port),
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    folder: path === '/~' ? '.' : path.startsWith('/~/') ? path.slice('/~/'.length) : path === '' ? '/' : path,
    passwordEnv: checked.password?.env,
    privateKeyEnv: checked.privateKey?.env,
    passphraseEnv: checked.passphrase?.env,
    keyFile: checked.keyFile && fileAt(checked.keyFile, base),
    agent: checked.agent,
    hostKeys: [checked.hostKey ?? []].flat(),
    knownHosts: checked.knownHosts && fileAt(checked.knownHosts, base),
    ...toSourceOptions(checked),
  }
}

export function sftpPlace({ user, host, port, folder }: SftpFolder): string {
  const path = folder.startsWith('/') ? folder : `/~/${folder}`
  return `sftp://${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}${path === '/' ? '' : path}`
}

/** Without what was written: it may hold a password. */
function urlFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.password) return "it holds a password: leave that out, and write password: env('NAME')"
  if (url?.protocol !== 'sftp:' || url.hostname === '' || url.search !== '' || url.hash !== '') return URL_EXAMPLE
  if (climbs(withoutHost(text))) return `its folder has a . or .. in it; ${URL_EXAMPLE}`
  return refusedHost(url.hostname)
}

function fileAt(path: string, base: string): string {
  return path.startsWith('~/') ? resolve(homedir(), path.slice(2)) : resolve(base, path)
}
