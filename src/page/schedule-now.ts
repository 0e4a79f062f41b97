import { type Client, ScheduleNotFoundError } from '@temporalio/client'
import { unpauseCommand } from '../client/unpause-command.ts'
import type { Schedule } from '../config/pipeline.ts'
import { scheduleId } from '../names.ts'
import { nextTickOf } from '../schedules/next-tick.ts'
import type { ScheduleNow } from './page-data.ts'
import type { WebUi } from './web-ui.ts'

export async function scheduleNow(
  client: Client,
  pipeline: string,
  { cron, timezone }: Schedule,
  ui: WebUi,
): Promise<ScheduleNow> {
  const mend = [`npx tidemark backfill ${pipeline} --only unloaded`]
  const same = { cron, timezone, mend, unpause: unpauseCommand(client, pipeline), webUi: ui.schedule(scheduleId(pipeline)) }
  try {
    const { state, info } = await client.schedule.getHandle(scheduleId(pipeline)).describe()
    return {
      ...same,
      state: state.paused ? 'paused' : 'active',
      nextAt: nextTickOf({ state, info }),
      note: state.note || null,
      skippedOverlap: info.numActionsSkippedOverlap,
      missedCatchup: info.numActionsMissedCatchupWindow,
    }
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error
    return { ...same, state: 'not there', nextAt: null, note: null, skippedOverlap: 0, missedCatchup: 0 }
  }
}
