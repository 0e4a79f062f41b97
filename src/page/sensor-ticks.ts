import type { Client } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import type { temporal } from '@temporalio/proto'
import { z } from 'zod'
import { liveOf } from '../client/sensor-state.ts'
import { counted } from '../counted.ts'
import { sensorId } from '../names.ts'
import type { Tick } from './page-data.ts'
import type { WebUi } from './web-ui.ts'

type HistoryEvent = temporal.api.history.v1.IHistoryEvent

/** Enough for the last looks: each takes some ten events. */
const EVENTS_READ = 150
const SHOWN = 20
const NAMED = 5

/** What of a look's result says what came of it. Older workers may have told less. */
const LOOK = z.object({
  partitions: z.array(z.object({ key: z.string() })),
  many: z.boolean(),
  closed: z.array(z.string()).default([]),
  sightings: z.array(z.object({ path: z.string() })).default([]),
  failing: z.string().nullable().default(null),
})

/** The last looks of a pipeline's sensor, the newest first, from its own history: what each started, or why it started nothing. */
export async function sensorTicks(client: Client, namespace: string, pipeline: string, ui: WebUi): Promise<Tick[]> {
  const handle = client.workflow.getHandle(sensorId(pipeline))
  const described = await handle.describe()
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace,
    execution: { workflowId: sensorId(pipeline), runId: described.runId },
    maximumPageSize: EVENTS_READ,
  })
  const webUi = ui.run(sensorId(pipeline), described.runId)
  const ticks = looksIn(history?.events ?? []).map((look): Tick => ({ ...look, partition: null, webUi }))
  const live = liveOf(described)
  const [running] = described.raw.pendingActivities ?? []
  if (running?.activityType?.name !== 'watchSource') return ticks.slice(0, SHOWN)
  const text =
    live === undefined || live.unsettled === 0 ? 'nothing new so far' : `${counted(live.unsettled, 'file')} not settled yet`
  const at = timeOf(running.scheduledTime) ?? timeOf(running.lastStartedTime) ?? described.startTime.toISOString()
  return [{ at, until: null, state: 'looking', partition: null, text, webUi }, ...ticks].slice(0, SHOWN)
}

/** Of a history that is read backwards. */
export function looksIn(events: readonly HistoryEvent[]): Pick<Tick, 'at' | 'until' | 'state' | 'text'>[] {
  const begun = new Map<string, string>()
  for (const { eventId, eventTime, activityTaskScheduledEventAttributes: scheduled } of events) {
    const at = timeOf(eventTime)
    if (scheduled?.activityType?.name === 'watchSource' && at !== undefined) begun.set(String(eventId), at)
  }
  return events.flatMap((event) => {
    const ended =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskCanceledEventAttributes ??
      event.activityTaskFailedEventAttributes
    const at = begun.get(String(ended?.scheduledEventId))
    const until = timeOf(event.eventTime)
    return at === undefined || until === undefined ? [] : [{ at, until, ...outcomeOf(event) }]
  })
}

function outcomeOf(event: HistoryEvent): Pick<Tick, 'state' | 'text'> {
  const failure = event.activityTaskFailedEventAttributes?.failure?.message
  if (failure) return { state: 'failed', text: failure }
  if (event.activityTaskCanceledEventAttributes) return { state: 'interrupted', text: 'by a signal: it looks again at once' }
  const payload = event.activityTaskCompletedEventAttributes?.result?.payloads?.[0]
  const read = LOOK.safeParse(payload && defaultPayloadConverter.fromPayload(payload))
  if (!read.success) return { state: 'looked', text: '' }
  const { partitions, many, closed, sightings, failing } = read.data
  if (failing !== null) return { state: 'failing', text: failing }
  if (many) return { state: 'started', text: 'one import of all: too many partitions to name' }
  if (partitions.length > 0) return { state: 'started', text: `imports of ${named(partitions.map(({ key }) => key))}` }
  if (sightings.length > 0) return { state: 'nothing', text: `not settled yet: ${named(sightings.map(({ path }) => path))}` }
  if (closed.length > 0) return { state: 'nothing', text: `nothing new; ${counted(closed.length, 'import')} had ended` }
  return { state: 'nothing', text: 'nothing new: all that is there is up to date' }
}

function named(names: readonly string[]): string {
  const more = names.length - NAMED
  return more > 0 ? `${names.slice(0, NAMED).join(', ')} and ${more} more` : names.join(', ')
}

function timeOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): string | undefined {
  if (!time) return undefined
  return new Date(Number(time.seconds) * 1_000 + (time.nanos ?? 0) / 1e6).toISOString()
}
