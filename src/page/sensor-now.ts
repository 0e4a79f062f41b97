import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import ms from 'ms'
import { liveOf, readSensor } from '../client/sensor-state.ts'
import type { Pipeline, Sensor } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'
import { sensorId } from '../names.ts'
import type { SensorNow } from './page-data.ts'
import type { WebUi } from './web-ui.ts'

/** What its running look has told the server last; only where none runs is a worker asked, which costs more. */
export async function sensorNow(client: Client, { name }: Pipeline, { everyMs }: Sensor, ui: WebUi): Promise<SensorNow> {
  const none = {
    sweptAt: null,
    unsettled: 0,
    failing: null,
    notWatching: null,
    every: ms(everyMs),
    webUi: ui.run(sensorId(name)),
  }
  try {
    const described = await client.workflow.getHandle(sensorId(name)).describe()
    if (described.status.name !== 'RUNNING' && described.status.name !== 'PAUSED') return { ...none, state: 'not running' }
    const live = liveOf(described)
    if (live !== undefined) {
      const { sweptAt, unsettled, failing, notWatching } = live
      return { ...none, state: failing === null ? 'watching' : 'failing', sweptAt, unsettled, failing, notWatching }
    }
    const asked = await readSensor(client, name)
    if (asked === undefined) return { ...none, state: 'not running' }
    const { state, sweptAt, unsettled, failing, notWatching = null } = asked
    return { ...none, state, sweptAt, unsettled, failing, notWatching }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { ...none, state: 'not running' }
    if (error instanceof TidemarkError && error.code === 'WorkerUnavailable') return { ...none, state: 'without a worker' }
    throw error
  }
}
