import { connect, createServer, type Server, type Socket } from 'node:net'

/** A line to a server of this machine that can be cut, or fall silent. */
export class CuttingProxy implements AsyncDisposable {
  readonly port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #cutAfter = Number.POSITIVE_INFINITY
  cuts = 0

  private constructor(server: Server, port: number) {
    this.#server = server
    this.port = port
  }

  static async to(port: number): Promise<CuttingProxy> {
    const server = createServer({ pauseOnConnect: true })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('expected a port')
    const proxy = new CuttingProxy(server, address.port)
    server.on('connection', (near) => proxy.#join(near, connect({ host: '127.0.0.1', port })))
    return proxy
  }

  /** Each connection is reset when so many bytes have come from the server. */
  cutAfter(bytes: number): void {
    this.#cutAfter = bytes
  }

  /** As if the cable were pulled and plugged in again. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cutAll()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #join(near: Socket, far: Socket): void {
    let bytes = 0
    for (const socket of [near, far]) {
      this.#sockets.add(socket)
      socket.on('error', () => undefined) // a cut is what it is for
      socket.once('close', () => {
        this.#sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far)
    far.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > this.#cutAfter) {
        this.cuts += 1
        near.resetAndDestroy()
        return
      }
      if (!near.write(chunk)) far.pause()
    })
    near.on('drain', () => far.resume())
    near.resume()
  }
}
