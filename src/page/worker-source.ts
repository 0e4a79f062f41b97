import type { Connected } from '../client/connect.ts'
import type { Config } from '../config/pipeline.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { PageSource } from './page-source.ts'
import { webUiFromEnvironment } from './web-ui.ts'

interface Parts {
  readonly config: Config
  readonly warehouse: Warehouse
  readonly connected: Connected
  /** Of the server that was started for this worker. */
  readonly uiUrl: string | undefined
}

/** For a process that loads: the page reads in turn with the loads, and by the same connection. */
export function workerSource({ config, warehouse, connected, uiUrl }: Parts): PageSource {
  const webUi = webUiFromEnvironment() ?? uiUrl
  const { client, namespace } = connected
  return {
    config,
    webUi: async () => webUi,
    read: (work) => work(warehouse),
    ask: (work) => client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () => work(client, namespace)),
    [Symbol.asyncDispose]: async () => {}, // both are of the worker
  }
}

/** Who looks at a page waits no longer. */
const ANSWER_WITHIN_MS = 8_000
