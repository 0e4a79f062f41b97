import { createConnection } from 'node:net'
import { TidemarkError } from '../errors.ts'

export const HOST = '127.0.0.1'

const DEFAULT_PORT = 7233
/** As the Temporal CLI has it: 7233 and 8233. */
const UI_PORT_DISTANCE = 1_000
const HIGHEST_PORT = 65_535

/** A listener on this machine answers at once. */
const CONNECT_TIMEOUT_MS = 1_000

export interface Ports {
  readonly port: number
  readonly uiPort: number
}

export function choosePorts(asked: { readonly port?: number | undefined; readonly uiPort?: number | undefined }): Ports {
  const port = asked.port ?? DEFAULT_PORT
  const above = port + UI_PORT_DISTANCE
  return { port, uiPort: asked.uiPort ?? (above <= HIGHEST_PORT ? above : port - UI_PORT_DISTANCE) }
}

/** Asked before the start, because the server would only write it to its log. */
export async function requireFree({ port, uiPort }: Ports): Promise<void> {
  if (await isListening(port)) {
    throw new TidemarkError('PortTaken', `port ${port} is taken by another program; use --port N, with a port that is free`)
  }
  if (await isListening(uiPort)) {
    throw new TidemarkError(
      'PortTaken',
      `port ${uiPort}, wanted for the Web UI, is taken by another program; use --ui-port N, with a port that is free`,
    )
  }
}

/** By connecting: on macOS a port that another program listens on at all addresses can still be bound at this one. */
export function isListening(port: number, host = HOST): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host, timeout: CONNECT_TIMEOUT_MS })
    const settle = (listening: boolean) => {
      socket.destroy()
      resolve(listening)
    }
    socket.once('connect', () => settle(true))
    socket.once('timeout', () => settle(false))
    socket.once('error', () => settle(false))
  })
}
