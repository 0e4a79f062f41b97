import { PARTITION, ROWS, STATUS } from '../../src/names.ts'
import type { Running } from '../harness/running.ts'
import { temporal } from '../harness/temporal-command.ts'
import { until } from '../harness/until.ts'

/** Due once in four years: a test sees only the ticks that it asks for. */
export const RARELY = '0 6 29 2 *'

export interface Tick {
  readonly workflowId: string
  readonly runId: string
  readonly startTime: Date
  readonly partition: string | undefined
  readonly status: string | undefined
  readonly rows: number | undefined
}

/** Has the schedule run as for the ticks of these days, both included, as `temporal schedule backfill` does it. */
export async function backfill({ pipeline }: Running, firstDay: string, lastDay: string): Promise<void> {
  const range = ['--start-time', `${firstDay}T00:00:00Z`, '--end-time', `${lastDay}T23:59:59Z`]
  await temporal('schedule', 'backfill', '--schedule-id', pipeline, ...range, '--overlap-policy', 'AllowAll')
}

export async function trigger({ pipeline }: Running): Promise<void> {
  await temporal('schedule', 'trigger', '--schedule-id', pipeline, '--overlap-policy', 'AllowAll')
}

/** Waits until so many scheduled runs have ended, and answers them all. */
export function ended(running: Running, count: number): Promise<Tick[]> {
  return ticks(running, count, "ExecutionStatus != 'Running'")
}

/** The only scheduled run so far. */
export async function onlyTick(running: Running): Promise<Tick> {
  const [tick] = await ticks(running, 1, 'StartTime IS NOT NULL')
  if (tick === undefined) throw new Error('expected a scheduled run')
  return tick
}

function ticks({ client, pipeline }: Running, count: number, which: string): Promise<Tick[]> {
  const query = `TidemarkPipeline = '${pipeline}' AND WorkflowType = 'scheduledPartition' AND ${which}`
  return until(`${count} scheduled runs`, async () => {
    const found: Tick[] = []
    for await (const { workflowId, runId, startTime, typedSearchAttributes: attributes } of client.workflow.list({ query }))
      found.push({
        workflowId,
        runId,
        startTime,
        partition: attributes.get(PARTITION),
        status: attributes.get(STATUS),
        rows: attributes.get(ROWS),
      })
    return found.length >= count && found.sort((a, b) => (a.workflowId < b.workflowId ? -1 : 1))
  })
}
