import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { Transform } from 'node:stream'

/** Another address of this machine: with the server's own port. */
const HOST = '127.0.0.3'

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Stands before a real server that speaks HTTP, and answers in its place where a test says so: as a store does that is asked too often, or sends its callers elsewhere. */
export class HttpFront implements AsyncDisposable {
  readonly host = HOST
  readonly #server: Server
  /** What is answered by the front itself; undefined: by the server. */
  answer: (request: IncomingMessage) => Answer | undefined = () => undefined
  /** Whether one bit of a body of the server's is turned on its way. */
  spoils: (request: IncomingMessage) => boolean = () => false
  /** When each request came, by `performance.now()`. */
  readonly asked: number[] = []

  private constructor(port: number) {
    this.#server = createServer((request, response) => this.#serve(request, response, port))
  }

  static async to(port: number, host = HOST): Promise<HttpFront> {
    const front = new HttpFront(port)
    await new Promise<void>((resolve) => front.#server.listen(port, host, resolve))
    return front
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #serve(from: IncomingMessage, to: ServerResponse, port: number): void {
    this.asked.push(performance.now())
    const own = this.answer(from)
    if (own !== undefined) {
      from.resume()
      to.writeHead(own.status, { ...own.headers }).end(from.method === 'HEAD' ? '' : own.body)
      return
    }
    const { method, url, headers } = from
    const onward = request({ host: '127.0.0.1', port, method, path: url, headers, setHost: false }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(this.spoils(from) ? turningOneBit() : passing()).pipe(to)
    })
    onward.once('error', () => to.destroy())
    from.pipe(onward)
  }
}

function turningOneBit(): Transform {
  let done = false
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      if (!done && chunk.length > 0) chunk.writeUInt8(chunk.readUInt8(chunk.length - 1) ^ 1, chunk.length - 1)
      done = true
      next(null, chunk)
    },
  })
}

function passing(): Transform {
  return new Transform({ transform: (chunk, _encoding, next) => next(null, chunk) })
}
