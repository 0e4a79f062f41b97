import { randomBytes } from 'node:crypto'
import { env, ftp } from '../../../src/config/define.ts'
import type { PipelineInput } from '../../../src/config/schema.ts'
import { FtpServer, type FtpSettings } from '../../servers/pyftpdlib.ts'
import type { Ground, Place } from '../contract.ts'
import { FilesGround } from '../files-ground.ts'

type Options = Partial<Parameters<typeof ftp>[1]> & { readonly port?: number; readonly host?: string; readonly user?: string }

/** An FTP server, with its password in the environment. */
export class FtpGround implements Ground {
  readonly server: FtpServer
  readonly files: FilesGround
  readonly secrets: readonly string[]
  readonly #tls: boolean
  readonly #passwordName = `FTP_${randomBytes(6).toString('hex')}`

  private constructor(server: FtpServer, tls: boolean) {
    this.server = server
    this.#tls = tls
    this.files = new FilesGround(server.files)
    this.secrets = [server.password, 'not-the-password']
    process.env[this.#passwordName] = server.password
    process.env[`${this.#passwordName}_WRONG`] = 'not-the-password'
  }

  static async start(settings: FtpSettings = {}): Promise<FtpGround> {
    return new FtpGround(await FtpServer.start(settings), settings.tls ?? false)
  }

  get port() {
    return this.server.port
  }

  get ports() {
    return this.server.ports
  }

  get wrongPassword() {
    return env(`${this.#passwordName}_WRONG`)
  }

  input(
    folder: string,
    { port = this.port, host = '127.0.0.1', user = this.server.user, ...options }: Options = {},
  ): PipelineInput['source'] {
    const line = this.#tls ? { ca: this.server.certificate } : { insecure: true as const }
    return ftp(`ftp://${user}@${host}:${port}/${encodeURIComponent(folder)}`, {
      files: '{partition}.csv',
      password: env(this.#passwordName),
      ...line,
      ...options,
    })
  }

  place(): Promise<Place> {
    return this.files.place((folder, host = '127.0.0.1') => this.input(folder, { host }))
  }

  get strangers() {
    return [
      {
        of: () => this.input('place 1+é', { password: this.wrongPassword }),
        told: /got a refused login \(530\)\. Correct the user and the password/,
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
