import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import { z } from 'zod'
import type { SensorStatus } from '../../workflows/sensor.ts'
import { sensorId } from '../names.ts'

const LIVE = z.object({
  sweptAt: z.string().nullable(),
  failing: z.string().nullable(),
  unsettled: z.number(),
  notWatching: z.string().nullable(),
})

export interface SensorState extends SensorStatus {
  /** Why new files are found by listing only, where the source cannot be watched. */
  readonly notWatching?: string | null
}

/** The sensor's own answer, with what its running look has told since; undefined when no sensor runs. */
export async function readSensor(client: Client, pipeline: string): Promise<SensorState | undefined> {
  const handle = client.workflow.getHandle(sensorId(pipeline))
  try {
    const { status, raw } = await handle.describe()
    if (status.name !== 'RUNNING' && status.name !== 'PAUSED') return undefined
    const answer = await handle.query<SensorStatus>('status')
    const beat = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0]
    const live = LIVE.safeParse(beat && defaultPayloadConverter.fromPayload(beat))
    if (!live.success || answer.state === 'paused') return answer
    const { sweptAt, failing } = live.data
    return { ...answer, ...live.data, state: failing === null ? 'watching' : 'failing', sweptAt: sweptAt ?? answer.sweptAt }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}
