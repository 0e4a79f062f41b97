import { askForBatch } from './askForBatch.ts'
import { beginPipeline } from './beginPipeline.ts'
import type { ActivityContext } from './context.ts'
import { decide } from './decide.ts'
import { deliver } from './deliver.ts'
import { findUntold } from './findUntold.ts'
import { loadBackfill } from './loadBackfill.ts'
import { loadBatchPass } from './loadBatchPass.ts'
import { loadPartition } from './loadPartition.ts'
import { lookForPartition } from './lookForPartition.ts'
import { planBackfill } from './planBackfill.ts'
import { planTick } from './planTick.ts'
import { readDecision } from './readDecision.ts'
import { tell } from './tell.ts'
import { watchSource } from './watchSource.ts'

export type Activities = ReturnType<typeof shortActivities> &
  ReturnType<typeof loadActivities> &
  ReturnType<typeof watchActivities>

/** For the queue of the workflows: each takes a moment. */
export function shortActivities(context: ActivityContext) {
  return {
    askForBatch: askForBatch(context),
    decide: decide(context),
    deliver: deliver(context),
    findUntold: findUntold(context),
    lookForPartition: lookForPartition(context),
    planBackfill: planBackfill(context),
    planTick: planTick(context),
    readDecision: readDecision(context),
    tell: tell(context),
  }
}

/** For the queues with few slots: what is loaded one by one, and in bulk. */
export function loadActivities(context: ActivityContext) {
  return { loadBackfill: loadBackfill(context), loadBatchPass: loadBatchPass(context), loadPartition: loadPartition(context) }
}

/** For the queue with a slot for each pipeline. */
export function watchActivities(context: ActivityContext) {
  return { beginPipeline: beginPipeline(context), watchSource: watchSource(context) }
}
