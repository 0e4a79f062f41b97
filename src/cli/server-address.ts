import type { Connected } from '../client/connect.ts'
import type { ServerAddress } from '../client/connect-options.ts'
import type { Config } from '../config/pipeline.ts'
import { runningServer } from '../server/server-record.ts'

/** The environment's server, else the one that `up` has started beside the config. */
export async function serverOf(config: Config): Promise<Partial<ServerAddress>> {
  const { namespace } = config.temporal
  if (process.env.TEMPORAL_ADDRESS !== undefined) return { namespace }
  const running = await runningServer(config.stateFolder)
  return running === undefined ? { namespace } : { namespace, address: running.address, embedded: true }
}

export async function connectFor(config: Config): Promise<Connected> {
  const [server, { connect }] = await Promise.all([serverOf(config), import('../client/connect.ts')])
  return connect(server)
}
