import type { Connected } from '../client/connect.ts'
import { requireListener } from '../client/no-server.ts'
import type { SensorState } from '../client/sensor-state.ts'
import type { Config, Pipeline } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'
import type { MissedWork } from '../freshness/read-missed-work.ts'
import type { Freshness } from '../freshness/state.ts'
import { connectFor, serverOf } from './server-address.ts'

/** What the server says of a pipeline. */
export interface ServerState {
  /** Undefined for a pipeline without one. */
  readonly sensor?: SensorState | 'not running' | 'without a worker' | 'server unreachable'
  readonly backfills: readonly string[]
  readonly missedWork: MissedWork | undefined
}

/**
 * The ledger can be read without a server and without a worker, so a missing one is only told; and without one nothing of Temporal's
 * client is loaded.
 */
export class ServerStates implements AsyncDisposable {
  readonly #config: Config
  #connected: Promise<Connected> | undefined

  constructor(config: Config) {
    this.#config = config
  }

  /** While something else is waited for. */
  connect(): Promise<Connected> {
    if (this.#connected === undefined) {
      this.#connected = connectAtOnce(this.#config)
      this.#connected.catch(() => undefined) // told when somebody asks
    }
    return this.#connected
  }

  async of(
    pipelines: readonly Pipeline[],
    freshnessOf: ReadonlyMap<string, Freshness>,
  ): Promise<ReadonlyMap<string, ServerState>> {
    try {
      const { client } = await this.connect()
      const { askServer } = await import('./ask-server.ts')
      const ask = async (pipeline: Pipeline) =>
        [pipeline.name, await askServer(client, pipeline, freshnessOf.get(pipeline.name))] as const
      return new Map(await Promise.all(pipelines.map(ask)))
    } catch (error) {
      if (!(error instanceof TidemarkError)) throw error
      const away = { backfills: [], missedWork: undefined }
      return new Map(
        pipelines.map(({ name, sensor }) => [
          name,
          sensor === undefined ? away : { ...away, sensor: 'server unreachable' as const },
        ]),
      )
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const connected = await this.#connected?.catch(() => undefined)
    await connected?.[Symbol.asyncDispose]()
  }
}

async function connectAtOnce(config: Config): Promise<Connected> {
  await requireListener(await serverOf(config))
  return connectFor(config)
}
