import { WorkflowNotFoundError } from '@temporalio/client'
import type { Pipeline } from '../config/pipeline.ts'
import { messageOf } from '../errors.ts'
import { readMissedWork } from '../freshness/read-missed-work.ts'
import type { LedgerReadings } from './ledger-readings.ts'
import type { Ticks } from './page-data.ts'
import type { PageSource } from './page-source.ts'
import { scheduleTicks } from './schedule-ticks.ts'
import { sensorTicks } from './sensor-ticks.ts'
import type { WebUi } from './web-ui.ts'

interface Asked {
  readonly readings: LedgerReadings
  readonly source: PageSource
  readonly ui: WebUi
  readonly pipeline: Pipeline
}

/** The last ticks of a pipeline's schedule and the last looks of its sensor. */
export async function ticksOf({ source, readings, ui, pipeline }: Asked): Promise<Ticks> {
  try {
    const { freshness } = await readings.of(pipeline)
    return await source.ask(async (client, namespace) => {
      const [schedule, sensor, missed] = await Promise.all([
        pipeline.schedule === undefined ? [] : scheduleTicks(client, pipeline, ui),
        pipeline.sensor === undefined ? [] : sensorTicks(client, namespace, pipeline.name, ui).catch(noneWhenNotRunning),
        readMissedWork(client, pipeline, freshness),
      ])
      return { schedule, sensor, gaps: missed?.gaps ?? [], error: null }
    })
  } catch (error) {
    return { schedule: [], sensor: [], gaps: [], error: messageOf(error) }
  }
}

function noneWhenNotRunning(error: unknown): [] {
  if (error instanceof WorkflowNotFoundError) return []
  throw error
}
