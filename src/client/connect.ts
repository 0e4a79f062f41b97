import { Client, type Connection, type ConnectionOptions, isGrpcServiceError } from '@temporalio/client'
import { TidemarkError } from '../errors.ts'
import { closingConnection } from './closing-connection.ts'
import { connectOptions, type ServerAddress } from './connect-options.ts'
import { noServer } from './no-server.ts'

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
  const { connectionOptions, address, namespace } = connectOptions(server)
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
    throw noServer(address, error)
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
