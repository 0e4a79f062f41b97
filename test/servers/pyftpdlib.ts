import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePorts } from '../server/free-port.ts'
import { command, installed } from './installed.ts'
import { ServerProcess } from './server-process.ts'

const PROGRAM = fileURLToPath(new URL('ftp_server.py', import.meta.url))
const PACKAGES = ['pyftpdlib==2.2.0', 'pyopenssl==26.4.0', 'cryptography==50.0.2']

/** More than are used at once: one that was just used may not be free. */
const DATA_PORTS = 12

/** `old`: without MLSD, so that times are told by the minute, in words. */
export interface FtpSettings {
  readonly tls?: boolean
  readonly old?: boolean
}

/** Pyftpdlib's server: FTP with TLS or without, and as it was before RFC 3659. */
export class FtpServer implements AsyncDisposable {
  /** Where it listens, and where it sends data from. */
  readonly ports: readonly number[]
  readonly files: string
  /** Of its own signing; there with TLS alone. */
  readonly certificate: string
  readonly user = 'source'
  readonly password = randomBytes(12).toString('hex')
  readonly #folder: string
  readonly #libraries: string
  readonly #settings: FtpSettings
  #process: ServerProcess | undefined

  private constructor(folder: string, libraries: string, ports: readonly number[], settings: FtpSettings) {
    this.#folder = folder
    this.#libraries = libraries
    this.#settings = settings
    this.ports = ports
    this.files = join(folder, 'files')
    this.certificate = join(folder, 'certificate.pem')
  }

  static async start(settings: FtpSettings = {}): Promise<FtpServer> {
    const libraries = await installed('pyftpdlib-2.2.0', async (folder) => {
      await command('python3', ['-m', 'pip', 'install', '--quiet', '--target', folder, ...PACKAGES])
    })
    const ports = await freePorts(1 + DATA_PORTS)
    const server = new FtpServer(await mkdtemp(join(tmpdir(), 'tidemark-ftp-')), libraries, ports, settings)
    await mkdir(server.files)
    await server.up()
    return server
  }

  get port(): number {
    return this.ports[0] ?? 0
  }

  /** Perhaps with another password of its user. */
  async up(password = this.password): Promise<void> {
    const [, ...data] = this.ports
    const { tls = false, old = false } = this.#settings
    const options = [...(tls ? ['tls'] : []), ...(old ? ['old'] : [])]
    this.#process = await ServerProcess.start({
      program: 'python3',
      args: [PROGRAM, this.files, String(this.port), data.join(','), this.user, password, ...options],
      port: this.port,
      env: { PYTHONPATH: this.#libraries },
    })
  }

  /** From now on each listing ends after so many lines, 2.5 in the middle of the third, and the server says that it was sent; undefined: no more. */
  async cutListingsAfter(lines: number | undefined): Promise<void> {
    const at = join(this.#folder, 'cut-listings-after')
    if (lines === undefined) await rm(at)
    else await writeFile(at, String(lines))
  }

  async down(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
