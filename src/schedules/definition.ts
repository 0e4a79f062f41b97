import type { ScheduleDescription } from '@temporalio/client'
import { type SearchAttributePair, TypedSearchAttributes } from '@temporalio/common'

/** What of a schedule the config decides; options to create one have it, and its description on the server. */
type Defined = Pick<ScheduleDescription, 'policies'> & {
  readonly crons: readonly (string | undefined)[]
  readonly spec: Pick<ScheduleDescription['spec'], 'timezone' | 'startAt' | 'endAt' | 'intervals' | 'skip' | 'jitter'>
  readonly action: Pick<ScheduleDescription['action'], 'workflowType' | 'workflowId' | 'taskQueue' | 'staticSummary' | 'memo'> & {
    readonly args?: readonly unknown[]
    readonly typedSearchAttributes?: TypedSearchAttributes | readonly SearchAttributePair[]
  }
}

/**
 * The server gives calendars back in place of a cron, but keeps its comment; the Web UI, too, takes the cron from there and writes
 * it there.
 */
export const withComment = (cron: string) => `${cron}#${cron}`

/** As one text: what anybody changes on the server is seen in it. */
export function definitionOf({ crons, spec, action, policies }: Defined): string {
  return JSON.stringify([
    [crons, spec.timezone, spec.startAt, spec.endAt],
    // The config has none of these.
    [spec.intervals?.length ?? 0, spec.skip?.length ?? 0, spec.jitter ?? 0],
    [action.workflowType, action.workflowId, action.taskQueue, action.args, action.staticSummary, action.memo],
    attributesOf(action.typedSearchAttributes),
    [policies.overlap, policies.catchupWindow, policies.pauseOnFailure],
  ])
}

export function describedDefinition(description: ScheduleDescription): string {
  const crons = (description.spec.calendars ?? []).map(({ comment }) => comment)
  return definitionOf({ ...description, crons })
}

function attributesOf(attributes: Defined['action']['typedSearchAttributes'] = []): unknown[] {
  const pairs = attributes instanceof TypedSearchAttributes ? attributes.getAll() : attributes
  return pairs.map(({ key, value }) => [key.name, value] as const).sort(([a], [b]) => (a < b ? -1 : 1))
}
