import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import {
  defineQuery,
  defineSignal,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type { Together } from '../activities/loadBackfill.ts'
import { type BackfillProgress, pace, progressTable } from '../src/backfilling/progress.ts'
import { requestFault } from '../src/backfilling/request.ts'
import type { Tally } from '../src/backfilling/tally.ts'
import { PROGRESSED, ROWS, STATUS, type Status } from '../src/names.ts'
import { BackfillCourse } from './backfill-course.ts'
import { type BackfillInput, type BackfillResult, parseState } from './backfill-state.ts'
import { allTogether } from './backfill-together.ts'
import { eachByItself } from './backfill-window.ts'
import { nameStarter } from './name-starter.ts'

/** Starts no more; what is open goes on to its end. */
export const pause = defineSignal('pause')
export const resume = defineSignal('resume')
/** From the load of all together. */
const progressed = defineSignal<[load: Together]>(PROGRESSED)
export const progress = defineQuery<BackfillProgress>('progress')

/** Brings the partitions of a range up to date, a few at a time, or together. */
export async function backfill(input: BackfillInput): Promise<BackfillResult> {
  const course = new BackfillCourse(parseState(input.carried, workflowInfo().startTime.getTime()))
  setHandler(pause, () => course.pause())
  setHandler(resume, () => course.resume())
  setHandler(progressed, ({ tally, left }) => {
    if (course.loads) course.become(tally, left)
  })
  setHandler(progress, () => progressOf(course))
  const fault = requestFault(input)
  if (fault !== undefined) throw wrongUse(fault)
  nameStarter(input.pipeline)
  course.onChange = () => setCurrentDetails(progressTable(progressOf(course)))
  course.onChange()
  await (input.singleRun ? allTogether(input, course) : eachByItself(input, course))
  course.end()
  upsertSearchAttributes([
    { key: STATUS, value: statusOf(course.tally) },
    { key: ROWS, value: course.tally.rows },
  ])
  return course.tally
}

function progressOf(course: BackfillCourse): BackfillProgress {
  const { tally, left, open, workedMs, state } = course
  return { ...tally, state, open, left, workedMs, ...pace(tally, workedMs, left) }
}

function statusOf({ held, failed, waiting, loaded, upToDate, missing }: Tally): Status {
  if (held > 0) return 'held'
  if (failed + waiting > 0) return 'waiting'
  if (loaded + upToDate > 0) return 'loaded'
  return missing > 0 ? 'missing' : 'nothing'
}

function wrongUse(message: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'UsageError',
    message,
    nonRetryable: true,
    category: ApplicationFailureCategory.BENIGN,
  })
}
