import { Client, type Connection, type ConnectionOptions, isGrpcServiceError } from '@temporalio/client'
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig'
import { messageOf, TidemarkError } from '../errors.ts'
import { closingConnection } from './closing-connection.ts'

/** Where a server is. */
export interface ServerAddress {
  readonly address: string
  readonly namespace: string
  /** It is our own, which wants no TLS and no key: what the environment says is meant for another one. */
  readonly embedded?: boolean
}

const CONNECT_TIMEOUT_MS = 5_000
/** gRPC's code. */
const NOT_FOUND = 5

export interface Connected extends AsyncDisposable {
  readonly client: Client
  readonly address: string
  readonly namespace: string
}

/**
 * Connects as the environment says (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, a profile), unless an address is given.
 * @throws TidemarkError ServerUnavailable; UsageError when the server has no such namespace
 */
export async function connect(server?: Partial<ServerAddress>): Promise<Connected> {
  const { connectionOptions, namespace } = connectOptions(server)
  const address = connectionOptions.address ?? 'localhost:7233'
  const { connection, close } = await reach(connectionOptions, address)
  try {
    await requireNamespace(connection, namespace, address)
    return {
      client: new Client({ connection, namespace }),
      address,
      namespace,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function reach(options: ConnectionOptions, address: string) {
  try {
    return await closingConnection({ ...options, connectTimeout: CONNECT_TIMEOUT_MS })
  } catch (error) {
    throw new TidemarkError(
      'ServerUnavailable',
      `no Temporal server answers at ${address} (${messageOf(error)}); start one with \`tidemark up\`, or set TEMPORAL_ADDRESS`,
      { cause: error },
    )
  }
}

/** Everything else would fail later, and each in other words. */
async function requireNamespace({ workflowService }: Connection, namespace: string, address: string): Promise<void> {
  try {
    await workflowService.describeNamespace({ namespace })
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== NOT_FOUND) return // it may be used without being described
    throw new TidemarkError(
      'UsageError',
      `the server at ${address} has no namespace '${namespace}'; create it with \`temporal operator namespace create -n ${namespace}\`, or set TEMPORAL_NAMESPACE`,
      { cause: error },
    )
  }
}

/** The connection's options, for a client or a worker. */
export function connectOptions(server: Partial<ServerAddress> = {}) {
  const environment: ClientConnectConfig = server.embedded ? { connectionOptions: {} } : loadClientConnectConfig()
  return {
    connectionOptions: { ...environment.connectionOptions, ...(server.address === undefined ? {} : { address: server.address }) },
    namespace: environment.namespace ?? server.namespace ?? 'default',
  }
}
