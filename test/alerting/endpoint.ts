import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { freePort } from '../server/free-port.ts'

export interface Post {
  readonly status: number
  readonly body: unknown
  readonly headers: IncomingHttpHeaders
  readonly at: number
}

export interface Answer {
  readonly status: number
  readonly headers?: Record<string, string>
}

/** A webhook on loopback, whose address is a secret in a variable of its own. */
export class Endpoint implements AsyncDisposable {
  /** A text of the address that must be nowhere else. */
  readonly secret = `canary-${randomBytes(8).toString('hex')}`
  readonly variable = `ALERTS_${randomBytes(4).toString('hex').toUpperCase()}`
  readonly posts: Post[] = []
  readonly #port: number
  readonly #answers: Answer[]
  #server: Server | undefined

  private constructor(port: number, answers: readonly Answer[]) {
    this.#port = port
    this.#answers = [...answers]
    process.env[this.variable] = `http://127.0.0.1:${port}/hooks/${this.secret}?X-Api-Key=${this.secret}`
  }

  /** Down, until it is opened. Then these are its answers, and after them it takes all. */
  static async down(...answers: readonly Answer[]): Promise<Endpoint> {
    return new Endpoint(await freePort(), answers)
  }

  static async up(...answers: readonly Answer[]): Promise<Endpoint> {
    const endpoint = await Endpoint.down(...answers)
    await endpoint.open()
    return endpoint
  }

  async open(): Promise<void> {
    this.#server = createServer(async (request, response) => {
      let text = ''
      for await (const chunk of request) text += String(chunk)
      const { status, headers } = this.#answers.shift() ?? { status: 200 }
      this.posts.push({ status, body: JSON.parse(text), headers: request.headers, at: Date.now() })
      response.writeHead(status, headers).end(`an answer with ${this.secret}`)
    }).listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  answerNext(answer: Answer): void {
    this.#answers.push(answer)
  }

  /** Those that it took. */
  get taken(): unknown[] {
    return this.posts.filter(({ status }) => status === 200).map(({ body }) => body)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    delete process.env[this.variable]
    this.#server?.closeAllConnections()
    this.#server?.close()
  }
}
