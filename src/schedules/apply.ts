import { type Client, WorkflowIdConflictPolicy } from '@temporalio/client'
import type { sensor } from '../../workflows/sensor.ts'
import type { Config } from '../config/pipeline.ts'
import { PRIORITY, scheduleId, searchAttributes, sensorId } from '../names.ts'
import { type Found, findSchedule, findSensor, ownNames } from './found.ts'
import { type Planned, plan } from './plan.ts'
import { onceKnown, registerSearchAttributes } from './search-attributes.ts'
import { MARK, type Wanted, wantedFrom } from './wanted.ts'

export interface ApplyOptions {
  readonly client: Client
  readonly config: Config
  /** Of the warehouse: what carries it is ours. */
  readonly identity: string
  readonly dryRun?: boolean
  readonly prune?: boolean
  readonly takeOver?: boolean
}

/** Makes schedules and sensors be what the config says, and answers with what that took. What is right is not touched. */
export async function apply({
  client,
  config,
  identity,
  dryRun = false,
  prune = false,
  takeOver = false,
}: ApplyOptions): Promise<Planned[]> {
  const wanted = wantedFrom(config, identity)
  const found = await readServer(client, wanted, identity)
  const planned = plan(wanted, found, { identity, prune, takeOver })
  if (dryRun) return planned
  await registerSearchAttributes(client, client.options.namespace)
  for (const step of planned) {
    const of = wanted.find(({ pipeline }) => pipeline === step.pipeline)
    await onceKnown(() =>
      step.kind === 'schedule' ? changeSchedule(client, step, of) : changeSensor(client, step, of, identity),
    )
  }
  return planned
}

async function readServer(client: Client, wanted: readonly Wanted[], identity: string) {
  const schedules = new Map<string, Found>()
  const sensors = new Map<string, Found>()
  for (const { pipeline } of wanted) {
    const schedule = await findSchedule(client, pipeline)
    if (schedule !== undefined) schedules.set(pipeline, schedule)
    const running = await findSensor(client, pipeline)
    if (running !== undefined) sensors.set(pipeline, running)
  }
  return { schedules, sensors, own: await ownNames(client, identity) }
}

async function changeSchedule(client: Client, { change, pipeline, paused }: Planned, wanted: Wanted | undefined): Promise<void> {
  const handle = client.schedule.getHandle(scheduleId(pipeline))
  const options = wanted?.schedule
  if (change === 'remove' || change === 'replace') await handle.delete()
  if (options === undefined) return
  if (change === 'create' || change === 'replace') await client.schedule.create({ ...options, state: { paused } })
  // What a person paused stays paused.
  if (change === 'update')
    await handle.update(({ state }) => ({ spec: options.spec, action: options.action, policies: options.policies ?? {}, state }))
}

async function changeSensor(
  client: Client,
  { change, pipeline }: Planned,
  wanted: Wanted | undefined,
  identity: string,
): Promise<void> {
  const handle = client.workflow.getHandle(sensorId(pipeline))
  if (change === 'remove' || change === 'replace')
    await handle.terminate('tidemark apply: no longer in the config, or taken over')
  if (wanted === undefined || (change !== 'create' && change !== 'replace')) return
  await client.workflow.start<typeof sensor>('sensor', {
    workflowId: sensorId(pipeline),
    args: [{ pipeline }],
    taskQueue: wanted.taskQueue,
    memo: { [MARK]: identity },
    typedSearchAttributes: searchAttributes(pipeline, 'sensor', 'waiting').slice(0, 2),
    priority: { priorityKey: PRIORITY.sensor },
    staticSummary: `sensor of ${pipeline}`,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  })
}
