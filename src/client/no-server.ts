import { messageOf, TidemarkError } from '../errors.ts'
import { isListening } from '../server/ports.ts'
import { connectOptions, type ServerAddress } from './connect-options.ts'

const THIS_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]'])

export function noServer(address: string, cause: unknown): TidemarkError {
  return new TidemarkError(
    'ServerUnavailable',
    `no Temporal server answers at ${address} (${messageOf(cause)}); start one with \`tidemark up\`, or set TEMPORAL_ADDRESS`,
    { cause },
  )
}

/**
 * For who can do without a server: where nobody listens on this machine that is known at once, and without loading the client. Others wait
 * for one that may just be starting.
 * @throws TidemarkError ServerUnavailable
 */
export async function requireListener(server: Partial<ServerAddress>): Promise<void> {
  const { address } = connectOptions(server)
  const url = `http://${address}`
  if (!URL.canParse(url)) return
  const { hostname, port } = new URL(url)
  if (!THIS_MACHINE.has(hostname) || port === '') return
  const host = hostname.replaceAll(/[[\]]/g, '')
  if (!(await isListening(Number(port), host))) throw noServer(address, new Error('nobody listens there'))
}
