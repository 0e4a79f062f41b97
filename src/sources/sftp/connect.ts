import { connect as connectSocket, type Socket } from 'node:net'
import type { ServerHostKeyAlgorithm, SFTPWrapper } from 'ssh2'
import ssh2 from 'ssh2'
import type { SftpFolder } from '../../config/sources/sftp.ts'
import { TidemarkError } from '../../errors.ts'
import { guardedLookup, refusedHost } from '../refused-address.ts'
import { fingerprintOf, type KnownKeys, knownKeys, typeOf } from './host-keys.ts'
import { loginsOf } from './logins.ts'
import { type Peer, peerOf, textOf } from './ssh-config.ts'

const CONNECT_WITHIN_MS = 10_000
const READY_WITHIN_MS = 20_000

export interface Connection {
  readonly client: ssh2.Client
  readonly socket: Socket
  readonly sftp: SFTPWrapper
}

/** Connects and logs in, to a server whose key is known and to no other. */
export async function connect(config: SftpFolder): Promise<Connection> {
  const peer = await peerOf(config)
  const refused = refusedHost(peer.host)
  if (refused !== undefined) throw new TidemarkError('SourceUnavailable', `${refused}; correct \`source\` in the config`)
  const known = config.hostKeys.length > 0 ? undefined : await knownOf(peer)
  const logins = await loginsOf(config, peer)
  const socket = await socketTo(peer)
  const client = new ssh2.Client()
  let stranger: TidemarkError | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      client
        .once('ready', resolve)
        .once('error', reject)
        .once('close', () => reject(new Error('the connection was closed')))
      client.connect({
        sock: socket,
        username: peer.user,
        readyTimeout: READY_WITHIN_MS,
        authHandler: logins,
        ...(known === undefined ? {} : { algorithms: { serverHostKey: algorithmsOf(known) } }),
        hostVerifier: (key: Buffer) => {
          stranger = known === undefined ? notGiven(config, peer, key) : notKnown(known, peer, key)
          return stranger === undefined
        },
      })
    })
    return { client, socket, sftp: await sftpOf(client) }
  } catch (error) {
    client.on('error', () => undefined) // it may say more while it ends, and nobody listens any more
    client.destroy()
    throw stranger ?? error
  }
}

function socketTo({ host, port }: Peer): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host, port, noDelay: true, lookup: guardedLookup, timeout: CONNECT_WITHIN_MS })
    socket.once('error', reject)
    socket.once('timeout', () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

function sftpOf(client: ssh2.Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => client.sftp((error, sftp) => (error === undefined ? resolve(sftp) : reject(error))))
}

async function knownOf({ host, port, knownHosts }: Peer): Promise<KnownKeys> {
  return knownKeys((await textOf(knownHosts)) ?? '', host, port)
}

/** Asked for first are the keys that are known: a server with several shows the one that is asked for. */
function algorithmsOf({ trusted }: KnownKeys): ServerHostKeyAlgorithm[] {
  const all: ServerHostKeyAlgorithm[] = [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ]
  const isKnown = (algorithm: string) =>
    trusted.some(({ type }) => type === (algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm))
  return [...all.filter(isKnown), ...all.filter((algorithm) => !isKnown(algorithm))]
}

function notGiven({ hostKeys }: SftpFolder, { host, port }: Peer, key: Buffer): TidemarkError | undefined {
  const came = fingerprintOf(key)
  if (hostKeys.includes(came)) return undefined
  return new TidemarkError(
    'SourceUnavailable',
    `Expected ${host}:${port} to show the host key of \`source\`, ${hostKeys.join(' or ')}, got ${came} (${typeOf(key)}). ` +
      'Ask who runs the server whether its key was changed, then correct hostKey; else somebody stands between.',
  )
}

function notKnown({ trusted, revoked }: KnownKeys, { host, port, knownHosts }: Peer, key: Buffer): TidemarkError | undefined {
  const base64 = key.toString('base64')
  const came = `${fingerprintOf(key)} (${typeOf(key)})`
  if (revoked.includes(base64))
    return stranger(`got ${came}, which ${knownHosts} calls revoked. Ask who runs the server for its key.`)
  if (trusted.some((one) => one.key === base64)) return undefined
  return stranger(
    trusted.length > 0
      ? `got ${came}, and ${knownHosts} has another. Ask who runs the server whether its key was changed; else somebody stands between.`
      : `got ${came}, and ${knownHosts} has none for it. If who runs the server says that it is its key, write hostKey: '${fingerprintOf(key)}' in \`source\`.`,
  )

  function stranger(text: string): TidemarkError {
    return new TidemarkError('SourceUnavailable', `Expected ${host}:${port} to show a host key that is known, ${text}`)
  }
}
