import type { AnyAuthMethod, ParsedKey } from 'ssh2'
import ssh2 from 'ssh2'
import type { SftpFolder } from '../../config/sources/sftp.ts'
import { messageOf, TidemarkError } from '../../errors.ts'
import { envValue } from '../env-value.ts'
import { type Peer, textOf } from './ssh-config.ts'

/** The ways to log in, in the order in which they are tried: what the config names; else the agent, then the user's own keys. */
export async function loginsOf(config: SftpFolder, { user, identityFiles }: Peer): Promise<AnyAuthMethod[]> {
  const { passwordEnv, privateKeyEnv, keyFile, passphraseEnv } = config
  const passphrase = passphraseEnv === undefined ? undefined : envValue(passphraseEnv, "the private key's passphrase")
  const named = passwordEnv !== undefined || privateKeyEnv !== undefined || keyFile !== undefined
  const logins: AnyAuthMethod[] = []
  const byKey = (text: string, what: string) =>
    logins.push({ type: 'publickey', username: user, key: keyOf(text, passphrase, what) })
  if (privateKeyEnv !== undefined) byKey(envValue(privateKeyEnv, 'a private key'), `the private key in ${privateKeyEnv}`)
  if (keyFile !== undefined) byKey(await textOfKey(keyFile), keyFile)
  if (config.agent ?? !named) logins.push(...agentLogin(user, config.agent === true))
  if (!named) {
    // Those that need a passphrase are the agent's.
    for (const file of identityFiles) {
      const text = await textOf(file).catch(() => undefined)
      const key = text === undefined ? undefined : ssh2.utils.parseKey(text)
      if (text !== undefined && !(key instanceof Error)) byKey(text, file)
    }
  }
  if (passwordEnv !== undefined) logins.push(...passwordLogins(user, envValue(passwordEnv, 'the password')))
  if (logins.length > 0) return logins
  throw new TidemarkError(
    'SourceUnavailable',
    "Expected a way to log in, got none: no agent runs, and there is no key in ~/.ssh. Write password: env('NAME'), privateKey: env('NAME') or keyFile in `source`.",
  )
}

/** Servers that ask for a password in a dialogue want it there. */
function passwordLogins(username: string, password: string): AnyAuthMethod[] {
  return [
    { type: 'password', username, password },
    {
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _lang, prompts, finish) => finish(prompts.map(({ echo }) => (echo ? '' : password))),
    },
  ]
}

function agentLogin(username: string, wanted: boolean): AnyAuthMethod[] {
  const agent = process.env.SSH_AUTH_SOCK
  if (agent !== undefined && agent !== '') return [{ type: 'agent', username, agent }]
  if (!wanted) return []
  throw new TidemarkError(
    'SourceUnavailable',
    'Expected an ssh agent, got no SSH_AUTH_SOCK. Start the worker where an agent runs, or name a key.',
  )
}

async function textOfKey(file: string): Promise<string> {
  const text = await textOf(file).catch((error: unknown) => {
    throw unreadable(file, messageOf(error))
  })
  if (text === undefined) throw unreadable(file, 'no such file')
  return text
}

function unreadable(file: string, reason: string): TidemarkError {
  return new TidemarkError(
    'SourceUnavailable',
    `Expected a private key in ${file}, got ${reason}. Put it there, or correct keyFile in \`source\`.`,
  )
}

/** Without a word of the key itself. */
function keyOf(text: string, passphrase: string | undefined, what: string): ParsedKey {
  const parsed = ssh2.utils.parseKey(text, passphrase)
  if (!(parsed instanceof Error)) return parsed
  const encrypted = /passphrase|encrypted|decrypt|bad/i.test(parsed.message)
  const mend = encrypted
    ? "Write passphrase: env('NAME') in `source`, with the right one in it."
    : 'It must be a private key in the form of OpenSSH or PEM.'
  throw new TidemarkError(
    'SourceUnavailable',
    `Expected ${what} to be a private key that can be opened, got another thing. ${mend}`,
  )
}
