import { tellActivities } from './activity-options.ts'

export interface TellOverdueInput {
  readonly pipeline: string
}

/**
 * Tells once of partitions that are late or missing by the clock, and of a new one that has come at last. Which these are, and what of it was told, is
 * found when it is told. A worker starts it when it sees that there is something.
 */
export async function tellOverdue({ pipeline }: TellOverdueInput): Promise<void> {
  for (const what of ['recovered', 'late', 'missing'] as const)
    await tellActivities(`tell what of ${pipeline} is ${what}`).tell({ pipeline, what, reason: '', overdue: true })
}
