import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemCodeOf, TidemarkError } from '../errors.ts'
import type { PageSource } from './page-source.ts'

const HOST = '127.0.0.1'
/** One above the Web UI's. */
export const DEFAULT_PAGE_PORT = 8234

export interface PageServer extends AsyncDisposable {
  readonly url: string
}

export interface PageOptions {
  readonly source: PageSource
  /** Of this machine alone. */
  readonly port: number
  /** Where that one is taken, any other will do. */
  readonly orAnother?: boolean
}

/**
 * Serves the page on this machine's own address, until it is disposed of. All that is behind it is loaded when somebody first looks.
 * @throws TidemarkError PortTaken
 */
export async function servePage({ source, port, orAnother = false }: PageOptions): Promise<PageServer> {
  let app: Promise<PageApp> | undefined
  const server = createServer((request, response) => {
    app ??= import('./app.ts').then(({ pageApp }) => pageApp(source))
    app.then(
      ({ listener }) => listener(request, response),
      () => response.writeHead(500).end(),
    )
  })
  await listen(server, port, orAnother)
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${HOST}:${taken}`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections() // one that waits for news would wait for ever
      await closed
      await app?.then(({ close }) => close())
      await source[Symbol.asyncDispose]()
    },
  }
}

/** At a port that somebody has asked for; else at the usual one, or at any other where that is taken. */
export function pageOn(source: PageSource, port: number | undefined): Promise<PageServer> {
  return servePage({ source, port: port ?? DEFAULT_PAGE_PORT, orAnother: port === undefined })
}

export interface PageApp {
  readonly listener: RequestListener
  close(): void
}

async function listen(server: Server, port: number, orAnother: boolean): Promise<void> {
  try {
    server.listen(port, HOST)
    await once(server, 'listening')
  } catch (error) {
    const code = systemCodeOf(error)
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    if (orAnother) return listen(server, 0, false)
    throw new TidemarkError(
      'PortTaken',
      `port ${port}, wanted for the page, ${code === 'EACCES' ? 'is not ours to take' : 'is taken by another program'}; use --page-port N, with a port that is free`,
    )
  }
}
