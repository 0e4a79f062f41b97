import { createHmac, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { env } from '../../../src/config/define.ts'
import { newKey } from '../../servers/new-key.ts'
import { SshAgent } from '../../servers/ssh-agent.ts'
import { sourceOf } from '../contract.ts'
import { pathsOf } from '../folder.ts'
import { patternOf } from '../pattern.ts'
import { OpensshGround } from './grounds.ts'

const CSV = patternOf('{partition}.csv')
const OTHER_FINGERPRINT = `SHA256:${'A'.repeat(43)}`

let ground: OpensshGround
let folder: string
beforeAll(async () => {
  ground = await OpensshGround.start()
  folder = await mkdtemp(join(tmpdir(), 'tidemark-login-'))
  await ground.files.put('in/a.csv', 'x')
})
afterAll(async () => {
  await ground[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

type Options = Parameters<OpensshGround['input']>[1]

function list(options: Options) {
  return pathsOf(sourceOf(ground.input('in', options)), CSV)
}

async function knownHosts(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, lines.map((line) => `${line}\n`).join(''))
  return path
}

const byFile = (knownHosts: string): Options => ({ hostKey: undefined, knownHosts })

test('a host is known by its line among the known hosts, plain or hashed, or by its fingerprint', async () => {
  const { port, hostKey } = ground.server
  const host = `[127.0.0.1]:${port}`
  const salt = randomBytes(20)
  const hash = createHmac('sha1', salt).update(host).digest('base64')
  const other = newKey().public
  const plain = await knownHosts('plain', ['# a comment', `[other.example]:22 ${other}`, `${host} ${hostKey.public}`])
  const hashed = await knownHosts('hashed', [`|1|${salt.toString('base64')}|${hash} ${hostKey.public}`])
  for (const options of [byFile(plain), byFile(hashed), { hostKey: [OTHER_FINGERPRINT, ground.hostFingerprint] }])
    expect(await list(options)).toEqual(['a.csv'])
})

test('a host whose key is not known, is another, or is revoked gets no login, and the key that came is told', async () => {
  const { port, hostKey } = ground.server
  const host = `[127.0.0.1]:${port}`
  const came = `${ground.hostFingerprint} (ssh-ed25519)`
  const other = newKey().public
  const cases: [Options, string][] = [
    [
      byFile(await knownHosts('empty', [])),
      `has none for it. If who runs the server says that it is its key, write hostKey: '${ground.hostFingerprint}'`,
    ],
    [byFile(join(folder, 'no-such-file')), 'has none for it'],
    [
      byFile(await knownHosts('changed', [`${host} ${other}`])),
      'has another. Ask who runs the server whether its key was changed',
    ],
    [byFile(await knownHosts('revoked', [`@revoked ${host} ${hostKey.public}`])), 'calls revoked'],
    [byFile(await knownHosts('negated', [`!${host},* ${hostKey.public}`])), 'has none for it'],
    [{ hostKey: OTHER_FINGERPRINT }, `to show the host key of \`source\`, ${OTHER_FINGERPRINT}`],
  ]
  for (const [options, told] of cases) {
    const error = await list(options).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'SourceUnavailable', message: expect.stringContaining(told) })
    expect(error).toMatchObject({ message: expect.stringContaining(came) })
  }
})

test('a key that the server does not know, or that cannot be opened, is told without a word of it', async () => {
  const unknown = newKey().private
  const locked = newKey('opens-it').private
  Object.assign(process.env, {
    LOGIN_UNKNOWN: unknown,
    LOGIN_LOCKED: locked,
    LOGIN_PASS: 'opens-it-not',
    LOGIN_NO_KEY: 'no key at all',
  })
  const cases: [Options, RegExp][] = [
    [{ privateKey: env('LOGIN_UNKNOWN') }, /got a refused login\. Correct the user, and the password or key/],
    [{ privateKey: env('LOGIN_LOCKED') }, /Expected the private key in LOGIN_LOCKED .* Write passphrase: env\('NAME'\)/],
    [{ privateKey: env('LOGIN_LOCKED'), passphrase: env('LOGIN_PASS') }, /with the right one in it/],
    [{ privateKey: env('LOGIN_NO_KEY') }, /It must be a private key in the form of OpenSSH or PEM/],
    [
      { privateKey: env('LOGIN_NONE') },
      /Expected a private key in the environment variable LOGIN_NONE, got nothing\. Set it where the worker runs/,
    ],
    [{ privateKey: undefined, keyFile: join(folder, 'no-key') }, /Expected a private key in .*no-key, got no such file/],
  ]
  for (const [options, told] of cases) {
    const error = await list(options).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'SourceUnavailable', message: expect.stringMatching(told) })
    for (const secret of ['opens-it-not', 'no key at all', ...unknown.split('\n').slice(1, 4), ...locked.split('\n').slice(1, 4)])
      expect(inspect(error, { depth: 10 })).not.toContain(secret)
  }
})

test('a key in a file is used', async () => {
  const keyFile = join(folder, 'id')
  await writeFile(keyFile, ground.server.userKey.private, { mode: 0o600 })
  expect(await list({ privateKey: undefined, keyFile })).toEqual(['a.csv'])
})

test('the agent is asked where the config wants it, or names nothing else; without one, that is told', async () => {
  const before = process.env.SSH_AUTH_SOCK
  await using agent = await SshAgent.with(ground.server.userKey.private)
  try {
    process.env.SSH_AUTH_SOCK = agent.socket
    expect(await list({ privateKey: undefined, agent: true })).toEqual(['a.csv'])
    expect(await list({ privateKey: undefined })).toEqual(['a.csv'])
    delete process.env.SSH_AUTH_SOCK
    await expect(list({ privateKey: undefined, agent: true, keyFile: join(folder, 'id') })).rejects.toMatchObject({
      message: expect.stringMatching(
        /Expected an ssh agent, got no SSH_AUTH_SOCK\. Start the worker where an agent runs, or name a key/,
      ),
    })
  } finally {
    process.env.SSH_AUTH_SOCK = before
    if (before === undefined) delete process.env.SSH_AUTH_SOCK
  }
})
