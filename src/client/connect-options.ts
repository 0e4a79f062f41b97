import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig'

/** Where a server is. */
export interface ServerAddress {
  readonly address: string
  readonly namespace: string
  /** It is our own, which wants no TLS and no key: what the environment says is meant for another one. */
  readonly embedded?: boolean
}

/** The connection's options, for a client or a worker. */
export function connectOptions(server: Partial<ServerAddress> = {}) {
  const environment: ClientConnectConfig = server.embedded ? { connectionOptions: {} } : loadClientConnectConfig()
  const address = server.address ?? environment.connectionOptions.address
  return {
    connectionOptions: { ...environment.connectionOptions, ...(address === undefined ? {} : { address }) },
    /** Also where nobody has said one. */
    address: address ?? 'localhost:7233',
    namespace: environment.namespace ?? server.namespace ?? 'default',
  }
}
