import { type Connected, connect } from '../client/connect.ts'
import { connectOptions, type ServerAddress } from '../client/connect-options.ts'
import type { Config } from '../config/pipeline.ts'
import { runningServer } from '../server/server-record.ts'
import { openForReading } from '../warehouse/open-warehouse.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { PageSource } from './page-source.ts'
import { webUiFromEnvironment } from './web-ui.ts'

/** For a process that has nothing but the page: it opens the warehouse for a moment at a time, and finds the server again when that was started anew. */
export function ownSource(config: Config, findServer: () => Promise<Partial<ServerAddress>>): PageSource {
  const asked = webUiFromEnvironment()
  let queue: Promise<unknown> = Promise.resolve()
  let connection: { readonly address: string; readonly connected: Promise<Connected> } | undefined

  const disconnect = async () => {
    const last = connection
    connection = undefined
    const connected = await last?.connected.catch(() => undefined)
    await connected?.[Symbol.asyncDispose]()
  }
  const connected = async (): Promise<Connected> => {
    const server = await findServer()
    const { address } = connectOptions(server)
    if (connection !== undefined && connection.address !== address) await disconnect()
    connection ??= { address, connected: connect(server) }
    return connection.connected
  }

  return {
    config,
    async webUi() {
      return asked ?? (process.env.TEMPORAL_ADDRESS === undefined ? (await runningServer(config.stateFolder))?.uiUrl : undefined)
    },
    read<T>(work: (warehouse: Warehouse) => Promise<T>): Promise<T> {
      // One at a time: a file has one reader in a process.
      const turn = queue.then(async () => {
        await using warehouse = openForReading(config)
        return await work(warehouse)
      })
      queue = turn.catch(() => undefined)
      return turn
    },
    async ask(work) {
      try {
        const { client, namespace } = await connected()
        return await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () => work(client, namespace))
      } catch (error) {
        await disconnect()
        throw error
      }
    },
    async [Symbol.asyncDispose]() {
      await queue
      await disconnect()
    },
  }
}

/** Who looks at a page waits no longer. */
const ANSWER_WITHIN_MS = 8_000
