/** Every function exported here is a workflow type: nothing else may be. */
export { actOnFile } from './actOnFile.ts'
export { alert } from './alert.ts'
export { backfill } from './backfill.ts'
export { importBatch } from './importBatch.ts'
export { importPartition } from './importPartition.ts'
export { scheduledPartition } from './scheduledPartition.ts'
export { sensor } from './sensor.ts'
export { tellOverdue } from './tellOverdue.ts'
