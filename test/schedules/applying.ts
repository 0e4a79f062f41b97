import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import { type Connected, connect } from '../../src/client/connect.ts'
import type { Config, Pipeline, Schedule } from '../../src/config/pipeline.ts'
import { sensorId } from '../../src/names.ts'
import { type ApplyOptions, apply } from '../../src/schedules/apply.ts'
import { testServer } from '../harness/server-address.ts'

/** Applies configs to a server without a worker, and removes what that made. */
export class Applying implements AsyncDisposable {
  readonly client: Client
  readonly identity = randomUUID()
  readonly #connected: Connected
  readonly #pipelines = new Set<string>()

  private constructor(connected: Connected) {
    this.client = connected.client
    this.#connected = connected
  }

  static async connect(address = testServer()): Promise<Applying> {
    return new Applying(await connect({ address }))
  }

  /** The plan, as `change kind` of each step. */
  async apply(config: Config, options: Partial<ApplyOptions> = {}): Promise<string[]> {
    for (const name of config.pipelines.keys()) this.#pipelines.add(name)
    const planned = await apply({ client: this.client, config, identity: this.identity, ...options })
    return planned.map(({ change, kind }) => `${change} ${kind}`)
  }

  describe(pipeline: string) {
    return this.client.schedule.getHandle(pipeline).describe()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pipeline of this.#pipelines) {
      await this.client.schedule
        .getHandle(pipeline)
        .delete()
        .catch(() => undefined) // it has none
      await this.client.workflow
        .getHandle(sensorId(pipeline))
        .terminate('the test is over')
        .catch(() => undefined) // it has none
    }
    await this.#connected[Symbol.asyncDispose]()
  }
}

/** The same config with other settings of its only pipeline. */
export function changed(config: Config, change: (pipeline: Pipeline) => Partial<Pipeline>): Config {
  return {
    ...config,
    pipelines: new Map([...config.pipelines].map(([name, pipeline]) => [name, { ...pipeline, ...change(pipeline) }])),
  }
}

export function rescheduled(config: Config, schedule: Partial<Schedule>): Config {
  return changed(config, (pipeline) => (pipeline.schedule ? { schedule: { ...pipeline.schedule, ...schedule } } : {}))
}
