import { connect, createServer, type Server } from 'node:net'

/** A line to a server of this machine that tells how many connections there were at once. */
export class CountingRelay implements AsyncDisposable {
  readonly port: number
  readonly #server: Server
  open = 0
  most = 0
  all = 0

  private constructor(server: Server, port: number) {
    this.#server = server
    this.port = port
  }

  static async to(port: number): Promise<CountingRelay> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('expected a port')
    const relay = new CountingRelay(server, address.port)
    server.on('connection', (near) => {
      relay.all += 1
      relay.open += 1
      relay.most = Math.max(relay.most, relay.open)
      const far = connect({ host: '127.0.0.1', port })
      near.pipe(far).pipe(near)
      for (const socket of [near, far])
        socket
          .on('error', () => undefined)
          .once('close', () => {
            near.destroy()
            far.destroy()
          })
      near.once('close', () => {
        relay.open -= 1
      })
    })
    return relay
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
      this.#server.unref()
      resolve()
    })
  }
}
