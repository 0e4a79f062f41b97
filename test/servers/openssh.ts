import { chown, copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../server/free-port.ts'
import { command, installed } from './installed.ts'
import { newKey } from './new-key.ts'
import { ServerProcess } from './server-process.ts'

/** OpenSSH refuses to run as root without a user that only an installed package makes. */
const NOBODY = { name: 'nobody', uid: 65_534, gid: 65_534 }

/** OpenSSH's own SFTP server, unpacked from Debian's package: logins by key, links that lead anywhere. */
export class OpensshServer implements AsyncDisposable {
  readonly port: number
  /** The folder that its users come into. */
  readonly files: string
  readonly user: { readonly name: string; readonly uid: number; readonly gid: number }
  readonly userKey = newKey()
  readonly hostKey = newKey()
  readonly #folder: string
  #process: ServerProcess | undefined

  private constructor(folder: string, port: number) {
    const { username, uid, gid } = userInfo()
    this.user = uid === 0 ? NOBODY : { name: username, uid, gid }
    this.#folder = folder
    this.port = port
    this.files = join(folder, 'files')
  }

  static async start(): Promise<OpensshServer> {
    const unpacked = await fromDebian('openssh-server', 'libwrap0')
    const [port = 0] = await freePorts(1)
    const server = new OpensshServer(await mkdtemp(join(tmpdir(), 'tidemark-sftp-')), port)
    await server.#furnish(unpacked)
    await server.up()
    return server
  }

  async up(): Promise<void> {
    const sshd = [join(this.#folder, 'sshd'), '-D', '-e', '-f', join(this.#folder, 'sshd_config')]
    const { uid, gid } = this.user
    const [program = '', ...args] =
      userInfo().uid === uid ? sshd : ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...sshd]
    this.#process = await ServerProcess.start({ program, args, port: this.port, env: { LD_LIBRARY_PATH: this.#folder } })
  }

  /** From the next login on. */
  async knows(...keys: readonly string[]): Promise<void> {
    await writeFile(join(this.#folder, 'authorized_keys'), keys.join('\n'), { mode: 0o600 })
  }

  async down(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]()
  }

  /** What is made behind the server's back must be its user's. */
  async give(path: string): Promise<void> {
    if (userInfo().uid !== this.user.uid) await chown(path, this.user.uid, this.user.gid)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #furnish(unpacked: string): Promise<void> {
    const at = (name: string) => join(this.#folder, name)
    // A copy, because its user may not enter the home of who runs the tests.
    await copyFile(join(unpacked, 'usr', 'sbin', 'sshd'), at('sshd'))
    const libraries = join(unpacked, 'usr', 'lib')
    for (const platform of await readdir(libraries))
      if (platform.endsWith('-linux-gnu'))
        for (const name of await readdir(join(libraries, platform)))
          if (name.startsWith('libwrap.so.0')) await copyFile(join(libraries, platform, name), at('libwrap.so.0'))
    await mkdir(this.files)
    await writeFile(at('host_key'), this.hostKey.private, { mode: 0o600 })
    await this.knows(this.userKey.public)
    const settings = {
      ListenAddress: '127.0.0.1',
      Port: this.port,
      HostKey: at('host_key'),
      PidFile: 'none',
      AuthorizedKeysFile: at('authorized_keys'),
      StrictModes: 'no',
      UsePAM: 'yes', // nobody's account is locked, which only PAM overlooks
      PasswordAuthentication: 'no',
      KbdInteractiveAuthentication: 'no',
      PermitTTY: 'no',
      AllowTcpForwarding: 'no',
      Subsystem: 'sftp internal-sftp',
      ForceCommand: `internal-sftp -d ${this.files}`,
      MaxStartups: 100,
    }
    const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`)
    await writeFile(at('sshd_config'), lines.join(''))
    for (const path of [this.#folder, this.files, at('host_key'), at('authorized_keys')]) await this.give(path)
  }
}

/** Debian's packages, unpacked. */
export async function fromDebian(...packages: readonly string[]): Promise<string> {
  return installed(packages[0] ?? '', async (folder) => {
    const download = () => command('apt-get', ['download', '-q', ...packages], folder)
    // A fresh machine has no lists of packages yet.
    await download().catch(async () => {
      await command('apt-get', ['update', '-q'])
      await download()
    })
    for (const name of await readdir(folder))
      if (name.endsWith('.deb')) await command('dpkg-deb', ['-x', join(folder, name), folder])
  })
}
