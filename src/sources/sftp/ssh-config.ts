import { readFile } from 'node:fs/promises'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import SSHConfig, { LineType } from 'ssh-config'
import type { SftpFolder } from '../../config/sources/sftp.ts'
import { systemCodeOf } from '../../errors.ts'

/** Whom to connect to, after what the user's ssh config says of the host. */
export interface Peer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly identityFiles: readonly string[]
  readonly knownHosts: string
}

const DEFAULT_IDENTITIES = ['id_ed25519', 'id_ecdsa', 'id_rsa']

export async function peerOf({ host, port, user, keyFile, knownHosts }: SftpFolder): Promise<Peer> {
  const ssh = join(homedir(), '.ssh')
  const said = hostSettings((await textOf(join(ssh, 'config'))) ?? '', host)
  const files = said('IdentityFile').map(atHome)
  return {
    host: said('HostName')[0] ?? host,
    port: port ?? (Number(said('Port')[0]) || 22),
    user: user ?? said('User')[0] ?? userInfo().username,
    identityFiles:
      keyFile !== undefined ? [keyFile] : files.length > 0 ? files : DEFAULT_IDENTITIES.map((name) => join(ssh, name)),
    knownHosts: knownHosts ?? atHome(said('UserKnownHostsFile')[0]?.split(/\s+/)[0] ?? '~/.ssh/known_hosts'),
  }
}

/** Undefined where there is no such file. */
export async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '')) return undefined
    throw error
  }
}

/** What the `Host` sections say. `Match` ones are left out: they may run programs. */
function hostSettings(text: string, host: string): (name: string) => string[] {
  const config = SSHConfig.parse(text)
  const sections = config.filter((line) => line.type !== LineType.DIRECTIVE || line.param.toLowerCase() !== 'match')
  config.splice(0, config.length, ...sections)
  const settings = config.compute(host, { ignoreCase: true })
  return (name) => {
    const value: unknown = settings[name.toLowerCase()] ?? settings[name]
    return [value ?? []].flat().filter((one) => typeof one === 'string')
  }
}

function atHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path
}
