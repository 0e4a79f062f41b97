import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../server/free-port.ts'
import { command, installed } from './installed.ts'
import { ServerProcess } from './server-process.ts'

/** The last one for Node.js 20. */
const VERSION = '3.35.0'

/** Azurite, Microsoft's own emulator of Azure Blob Storage. */
export class AzuriteServer implements AsyncDisposable {
  readonly port: number
  readonly account = 'testaccount'
  readonly key = randomBytes(64).toString('base64')
  readonly #folder: string
  readonly #program: string
  #process: ServerProcess | undefined

  private constructor(folder: string, program: string, port: number) {
    this.#folder = folder
    this.#program = program
    this.port = port
  }

  static async start(): Promise<AzuriteServer> {
    const root = await installed(`azurite-${VERSION}`, async (folder) => {
      await writeFile(join(folder, 'package.json'), '{}')
      await command('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `azurite@${VERSION}`], folder)
    })
    const program = join(root, 'node_modules', 'azurite', 'dist', 'src', 'blob', 'main.js')
    const [port = 0] = await freePorts(1)
    const server = new AzuriteServer(await mkdtemp(join(tmpdir(), 'tidemark-azurite-')), program, port)
    await server.up()
    return server
  }

  endpoint(host = '127.0.0.1'): string {
    return `http://${host}:${this.port}/${this.account}`
  }

  /** Perhaps with another key of its account. */
  async up(key = this.key): Promise<void> {
    const quiet = ['--silent', '--disableTelemetry', '--skipApiVersionCheck']
    this.#process = await ServerProcess.start({
      program: process.execPath,
      args: [this.#program, ...quiet, '--location', this.#folder, '--blobHost', '127.0.0.1', '--blobPort', String(this.port)],
      port: this.port,
      env: { AZURITE_ACCOUNTS: `${this.account}:${key}`, NODE_OPTIONS: '' },
    })
  }

  /** It writes down what it has when it ends, and at no other time. */
  async down(): Promise<void> {
    await this.#process?.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
