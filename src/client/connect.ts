import { Client, Connection } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { messageOf, TidemarkError } from '../errors.ts'

/** Where a server is, and whether it is the one beside the config. */
export interface ServerAddress {
  readonly address: string
  readonly namespace: string
}

const CONNECT_TIMEOUT_MS = 5_000

export interface Connected extends AsyncDisposable {
  readonly client: Client
  readonly address: string
  readonly namespace: string
}

/**
 * Connects as the environment says (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, a profile), unless an address is given.
 * @throws TidemarkError ServerUnavailable
 */
export async function connect(server?: Partial<ServerAddress>): Promise<Connected> {
  const { connectionOptions, namespace } = connectOptions(server)
  const address = connectionOptions.address ?? 'localhost:7233'
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: CONNECT_TIMEOUT_MS })
    return {
      client: new Client({ connection, namespace }),
      address,
      namespace,
      [Symbol.asyncDispose]: () => connection.close(),
    }
  } catch (error) {
    throw new TidemarkError(
      'ServerUnavailable',
      `no Temporal server answers at ${address} (${messageOf(error)}); start one with \`tidemark up\`, or set TEMPORAL_ADDRESS`,
      { cause: error },
    )
  }
}

/** The connection's options, for a client or a worker. */
export function connectOptions(server: Partial<ServerAddress> = {}) {
  const environment = loadClientConnectConfig()
  return {
    connectionOptions: { ...environment.connectionOptions, ...(server.address === undefined ? {} : { address: server.address }) },
    namespace: environment.namespace ?? server.namespace ?? 'default',
  }
}
