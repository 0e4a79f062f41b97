import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import { z } from 'zod'
import type { SensorStatus } from '../../workflows/sensor.ts'
import { TidemarkError } from '../errors.ts'
import { sensorId } from '../names.ts'
import { openImports } from './open-imports.ts'
import { serverWords } from './server-words.ts'

/** A worker answers in milliseconds; the server itself would wait half a minute for one. */
const ANSWER_TIMEOUT_MS = 5_000

const LIVE = z.object({
  sweptAt: z.string().nullable(),
  failing: z.string().nullable(),
  unsettled: z.number(),
  notWatching: z.string().nullable(),
  // A worker of an older version does not tell them.
  calls: z.number().default(0),
  late: z.number().nullable().default(null),
})

export interface SensorState extends SensorStatus {
  /** Why new files are found by listing only, where the source cannot be watched. */
  readonly notWatching?: string | null
  /** Requests to the source's server in the last hour. */
  readonly calls?: number
  /** What the last sweep found that was new under an older name; null where listings are not resumed. */
  readonly late?: number | null
}

/**
 * The sensor's own answer, with what its running look has told since; undefined when no sensor runs.
 * @throws TidemarkError WorkerUnavailable
 */
export async function readSensor(client: Client, pipeline: string): Promise<SensorState | undefined> {
  const handle = client.workflow.getHandle(sensorId(pipeline))
  try {
    const described = await handle.describe()
    const { status } = described
    if (status.name !== 'RUNNING' && status.name !== 'PAUSED') return undefined
    const answer = await ask(client, pipeline)
    const live = liveOf(described)
    // It looks at nothing: what it had seen, and what it had started, goes on without it.
    if (answer.state === 'paused') return { ...answer, unsettled: 0, inFlight: await openImports(client, pipeline) }
    if (live === undefined) return answer
    const { sweptAt, failing } = live
    return { ...answer, ...live, state: failing === null ? 'watching' : 'failing', sweptAt: sweptAt ?? answer.sweptAt }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

/** What the running look of a sensor has told last; undefined when none runs, as while it is paused. */
export function liveOf({ raw }: Pick<WorkflowExecutionDescription, 'raw'>): z.infer<typeof LIVE> | undefined {
  const beat = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0]
  const live = LIVE.safeParse(beat && defaultPayloadConverter.fromPayload(beat))
  return live.success ? live.data : undefined
}

/** Queries are answered by a worker. */
async function ask(client: Client, pipeline: string): Promise<SensorStatus> {
  const handle = client.workflow.getHandle(sensorId(pipeline))
  try {
    return await client.withDeadline(Date.now() + ANSWER_TIMEOUT_MS, () => handle.query<SensorStatus>('status'))
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || serverWords(error) === undefined) throw error
    throw new TidemarkError(
      'WorkerUnavailable',
      `no worker answers for the sensor of ${pipeline}; start one with \`tidemark up\` or \`tidemark worker\``,
      { cause: error },
    )
  }
}
