import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { env, sftp } from '../../../src/config/define.ts'
import type { PipelineInput } from '../../../src/config/schema.ts'
import { fingerprintOf } from '../../../src/sources/sftp/host-keys.ts'
import { OpensshServer } from '../../servers/openssh.ts'
import { RcloneServer } from '../../servers/rclone.ts'
import type { Ground, Place } from '../contract.ts'
import { FilesGround } from '../files-ground.ts'

type Options = Partial<Parameters<typeof sftp>[1]>

/** OpenSSH, with a key in the environment and the host's own fingerprint. */
export class OpensshGround implements Ground {
  readonly server: OpensshServer
  readonly files: FilesGround
  readonly secrets: readonly string[]
  readonly #keyName = `KEY_${randomBytes(6).toString('hex')}`

  private constructor(server: OpensshServer) {
    this.server = server
    this.files = new FilesGround(server.files, (path) => server.give(path))
    this.secrets = bodyLines(server.userKey.private)
    process.env[this.#keyName] = server.userKey.private
  }

  static async start(): Promise<OpensshGround> {
    return new OpensshGround(await OpensshServer.start())
  }

  get port() {
    return this.server.port
  }

  get ports() {
    return [this.port]
  }

  get hostFingerprint(): string {
    return fingerprintOf(Buffer.from(this.server.hostKey.public.split(' ')[1] ?? '', 'base64'))
  }

  input(folder: string, options: Options = {}, port = this.port, host = '127.0.0.1'): PipelineInput['source'] {
    const { server } = this
    const path = join(server.files, folder).split('/').map(encodeURIComponent).join('/')
    const login = { hostKey: this.hostFingerprint, privateKey: env(this.#keyName) }
    return sftp(`sftp://${server.user.name}@${host}:${port}${path}`, { files: '{partition}.csv', ...login, ...options })
  }

  place(): Promise<Place> {
    return this.files.place((folder, host) => this.input(folder, {}, this.port, host))
  }

  down = () => this.server.down()
  up = () => this.server.up()
  /** Who is logged in already would stay so. */
  lockOut = async () => {
    await this.server.down()
    await this.server.knows()
    await this.server.up()
  }
  letIn = () => this.server.knows(this.server.userKey.public)

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
  }
}

/** Rclone, with a password in the environment and its host key among the known hosts. */
export class RcloneGround implements Ground {
  readonly server: RcloneServer
  readonly files: FilesGround
  readonly secrets: readonly string[]
  readonly #knownHosts: string
  readonly #passwordName = `PASSWORD_${randomBytes(6).toString('hex')}`

  private constructor(server: RcloneServer, knownHosts: string) {
    this.server = server
    this.files = new FilesGround(server.files)
    this.secrets = [server.password, 'not-the-password']
    this.#knownHosts = knownHosts
    process.env[this.#passwordName] = server.password
    process.env[`${this.#passwordName}_WRONG`] = 'not-the-password'
  }

  static async start(): Promise<RcloneGround> {
    const server = await RcloneServer.start()
    const knownHosts = join(server.folder, 'known_hosts')
    const keys = await server.hostKeys()
    await writeFile(knownHosts, keys.map((key) => `[127.0.0.1]:${server.port},[127.0.0.2]:${server.port} ${key}\n`).join(''))
    return new RcloneGround(server, knownHosts)
  }

  get port() {
    return this.server.port
  }

  get ports() {
    return [this.port]
  }

  input(folder: string, { wrong = false, host = '127.0.0.1' } = {}): PipelineInput['source'] {
    const { user, port } = this.server
    return sftp(`sftp://${user}@${host}:${port}/${encodeURIComponent(folder)}`, {
      files: '{partition}.csv',
      knownHosts: this.#knownHosts,
      password: env(wrong ? `${this.#passwordName}_WRONG` : this.#passwordName),
    })
  }

  place(): Promise<Place> {
    return this.files.place((folder, host = '127.0.0.1') => this.input(folder, { host }))
  }

  get strangers() {
    return [
      {
        of: () => this.input('place 1+é', { wrong: true }),
        told: /got a refused login\. Correct the user, and the password or key/,
      },
    ]
  }

  down = () => this.server.down()
  up = () => this.server.up()
  lockOut = async () => {
    await this.server.down()
    await this.server.up('another-password')
  }
  letIn = async () => {
    await this.server.down()
    await this.server.up()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
  }
}

function bodyLines(key: string): string[] {
  return key.split('\n').filter((line) => line.length > 20 && !line.startsWith('-'))
}
