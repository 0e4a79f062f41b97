import type { Client } from '@temporalio/client'
import { openBackfills } from '../client/backfill.ts'
import { readSensor, type SensorState } from '../client/sensor-state.ts'
import type { Config, Pipeline } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'
import { type MissedWork, readMissedWork } from '../freshness/read-missed-work.ts'
import type { Freshness } from '../freshness/state.ts'
import { connectFor } from './server-address.ts'

/** What the server says of a pipeline. */
export interface ServerState {
  /** Undefined for a pipeline without one. */
  readonly sensor?: SensorState | 'not running' | 'without a worker' | 'server unreachable'
  readonly backfills: readonly string[]
  readonly missedWork: MissedWork | undefined
}

/** The ledger can be read without a server and without a worker, so a missing one is only told. */
export async function readServerStates(
  config: Config,
  pipelines: readonly Pipeline[],
  freshnessOf: ReadonlyMap<string, Freshness>,
): Promise<ReadonlyMap<string, ServerState>> {
  try {
    await using connected = await connectFor(config)
    const { client } = connected
    const read = async (pipeline: Pipeline) =>
      [pipeline.name, await readState(client, pipeline, freshnessOf.get(pipeline.name))] as const
    return new Map(await Promise.all(pipelines.map(read)))
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

async function readState(client: Client, pipeline: Pipeline, freshness: Freshness | undefined): Promise<ServerState> {
  const [sensor, backfills, missedWork] = await Promise.all([
    pipeline.sensor === undefined ? undefined : sensorOf(client, pipeline.name),
    openBackfills(client, pipeline.name),
    freshness && readMissedWork(client, pipeline, freshness),
  ])
  return { ...(sensor === undefined ? {} : { sensor }), backfills, missedWork }
}

async function sensorOf(client: Client, pipeline: string) {
  try {
    return (await readSensor(client, pipeline)) ?? ('not running' as const)
  } catch (error) {
    if (error instanceof TidemarkError && error.code === 'WorkerUnavailable') return 'without a worker' as const
    throw error
  }
}
