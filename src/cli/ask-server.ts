import type { Client } from '@temporalio/client'
import { openBackfills } from '../client/backfill.ts'
import { readSensor } from '../client/sensor-state.ts'
import type { Pipeline } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'
import { readMissedWork } from '../freshness/read-missed-work.ts'
import type { Freshness } from '../freshness/state.ts'
import type { ServerState } from './server-state.ts'

export async function askServer(client: Client, pipeline: Pipeline, freshness: Freshness | undefined): Promise<ServerState> {
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
