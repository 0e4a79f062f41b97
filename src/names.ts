import { defineSearchAttributeKey, type SearchAttributePair, SearchAttributeType } from '@temporalio/common'

/** Names on the server: other people's scripts rely on them. Pure, so that workflows may use it. */

export const sensorId = (pipeline: string) => `${pipeline}/sensor`
/** Temporal appends the scheduled time. */
export const scheduledId = (pipeline: string) => `${pipeline}/scheduled`
export const partitionId = (pipeline: string, key: string) => `${pipeline}/partition/${key}`
export const batchId = (pipeline: string) => `${pipeline}/batch`
export const backfillId = (pipeline: string, name: string) => `${pipeline}/backfill/${name}`
export const actId = (pipeline: string, path: string) => `${pipeline}/act/${path}`
export const alertId = (pipeline: string, what: string, telling: string) => `${pipeline}/alert/${what}/${telling}`
export const overdueId = (pipeline: string) => `${pipeline}/overdue`
export const scheduleId = (pipeline: string) => pipeline

/**
 * Long polls hold a slot each, and loads are few at a time: each has a queue of its own beside the workflows'. What is loaded in bulk
 * has slots of its own, so that today's file never waits for one that a backfill has taken.
 */
export const watchQueue = (taskQueue: string) => `${taskQueue}-watch`
export const loadQueue = (taskQueue: string) => `${taskQueue}-load`
export const bulkQueue = (taskQueue: string) => `${taskQueue}-bulk`

export const PIPELINE = defineSearchAttributeKey('TidemarkPipeline', SearchAttributeType.KEYWORD)
export const PARTITION = defineSearchAttributeKey('TidemarkPartition', SearchAttributeType.KEYWORD)
export const STATUS = defineSearchAttributeKey('TidemarkStatus', SearchAttributeType.KEYWORD)
export const TRIGGER = defineSearchAttributeKey('TidemarkTrigger', SearchAttributeType.KEYWORD)
export const ROWS = defineSearchAttributeKey('TidemarkRows', SearchAttributeType.INT)
export const SEARCH_ATTRIBUTES = [PIPELINE, PARTITION, STATUS, TRIGGER, ROWS] as const

export type Status = 'waiting' | 'loading' | 'loaded' | 'held' | 'late' | 'missing' | 'nothing'
export type Trigger = 'schedule' | 'sensor' | 'backfill' | 'manual'

export function searchAttributes(pipeline: string, trigger: Trigger, status: Status, partition?: string): SearchAttributePair[] {
  const pairs: SearchAttributePair[] = [
    { key: PIPELINE, value: pipeline },
    { key: TRIGGER, value: trigger },
    { key: STATUS, value: status },
  ]
  if (partition !== undefined) pairs.push({ key: PARTITION, value: partition })
  return pairs
}

/** Not what a load makes of a partition, so neither a status nor a trigger. */
export function alertSearchAttributes(pipeline: string, partition: string | undefined): SearchAttributePair[] {
  const pairs: SearchAttributePair[] = [{ key: PIPELINE, value: pipeline }]
  if (partition !== undefined) pairs.push({ key: PARTITION, value: partition })
  return pairs
}

/** 1 comes first. */
export const PRIORITY = { person: 1, schedule: 1, sensor: 3, batch: 5, backfill: 5 } as const

/** Whether a run of this priority loads in bulk. The server's default, where nobody has said one, is 3. */
export const isBulk = (priorityKey: number | undefined) => (priorityKey ?? PRIORITY.sensor) >= PRIORITY.batch

/** The signal by which an activity that takes long tells its workflow how far it is. */
export const PROGRESSED = 'progressed'
