import type { Client } from '@temporalio/client'
import { startTellingOverdue } from '../client/start-overdue.ts'
import type { Config } from '../config/pipeline.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Watchers } from '../watching/watchers.ts'
import { Lookout } from './lookout.ts'
import { untoldOverdue } from './untold-overdue.ts'

export interface LookoutsOptions {
  readonly config: Config
  readonly client: Client
  readonly warehouse: Warehouse
  readonly watchers: Watchers
  readonly confirmMs?: number | undefined
}

/** A lookout for each pipeline whose config says when something is to be there. */
export class Lookouts implements AsyncDisposable {
  readonly #lookouts: readonly Lookout[]

  constructor({ config, client, warehouse, watchers, confirmMs }: LookoutsOptions) {
    const { taskQueue } = config.temporal
    this.#lookouts = [...config.pipelines.values()]
      .filter(({ expect }) => expect !== undefined)
      .map((pipeline) => {
        const { name, sensor } = pipeline
        return new Lookout({
          look: (signal) => untoldOverdue({ client, warehouse, pipeline, signal }),
          tell: () => startTellingOverdue(client, { pipeline: name, taskQueue }),
          isReady: () => sensor === undefined || watchers.hasLooked(name),
          ...(confirmMs === undefined ? {} : { confirmMs }),
        })
      })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#lookouts.map((lookout) => lookout[Symbol.asyncDispose]()))
  }
}
