import { CancellationScope } from '@temporalio/workflow'
import type { BackfillPass, LoadBackfillInput } from '../activities/loadBackfill.ts'
import { bulkActivities } from './activity-options.ts'
import type { BackfillCourse } from './backfill-course.ts'
import type { BackfillInput } from './backfill-state.ts'
import { tellOfFiles } from './tell-of-files.ts'

/** One activity for all of them. A pause stops it where it is; after that another one goes on from there. */
export async function allTogether({ carried: _, ...request }: BackfillInput, course: BackfillCourse): Promise<void> {
  for (;;) {
    while (course.paused) await course.nextChange()
    const pass = await loadUntilPaused({ ...request, at: course.at }, course)
    if (pass === undefined) continue
    course.become(pass.tally, pass.left)
    if (!pass.stopped) return await tellOfFiles({ pipeline: request.pipeline }, pass)
  }
}

/** What it has done until then is its answer; none when its worker ended in that moment. */
async function loadUntilPaused(input: LoadBackfillInput, course: BackfillCourse): Promise<BackfillPass | undefined> {
  const scope = new CancellationScope()
  course.onPause = () => scope.cancel()
  course.loads = true
  try {
    return await scope.run(() => bulkActivities(`load partitions of ${input.pipeline}`).loadBackfill(input))
  } catch (error) {
    const ours = scope.consideredCancelled && !CancellationScope.current().consideredCancelled
    if (ours) return undefined
    throw error
  } finally {
    course.onPause = () => undefined
    course.loads = false
  }
}
