import { Context } from '@temporalio/activity'
import { alertOf, type Channel } from '../src/alerting/alert.ts'
import { startAlert } from '../src/client/start-alert.ts'
import type { Alerts, Pipeline } from '../src/config/pipeline.ts'
import { untoldOverdue } from '../src/freshness/untold-overdue.ts'
import type { News, What } from '../src/warehouse/news.ts'
import type { ActivityContext } from './context.ts'
import { runOf } from './run.ts'

/** Beyond this another try of the telling takes its place: it must not wait in line for the warehouse any more. */
const WAREHOUSE_WITHIN_MS = 5_000
/** A sensor that can look again has nothing to say but this. */
const READ_AGAIN = 'its source can be read again'

export interface Asked extends News {
  /** Of a failure that was told, with another reason: nothing has changed for people. */
  readonly again?: boolean
  /** Of all partitions that are so by the clock, whoever was to bring them. */
  readonly overdue?: boolean
}

/**
 * Tells people once of what is so: a line, and an alert where the config has them. Nobody waits for its delivery. Of files the request
 * is only the occasion: the ledger says what is held, gone or well again and was not told.
 */
export function tell(context: ActivityContext) {
  return async (asked: Asked): Promise<void> => {
    if (asked.again) return
    const { reporter, client, config, loading } = context
    const { info } = Context.current()
    const { workflowId, runId } = runOf(Context.current())
    const token = `${workflowId}/${runId}/${info.activityId}`
    const taken = isOfSource(asked) ? { news: newsOfSource(asked), kept: false } : await take(context, asked, token)
    if (taken.news === undefined) return
    reporter.news(taken.news)
    const channels = channelsOf(config.alerts)
    if (channels.length > 0) {
      const alert = alertOf(taken.news, workflowId, new Date(info.scheduledTimestampMs))
      await startAlert(client, { alert, channels, taskQueue: config.temporal.taskQueue, token })
    }
    if (taken.kept) await loading.warehouse.endTelling(asked.pipeline, token, AbortSignal.timeout(WAREHOUSE_WITHIN_MS))
  }
}

/** The sensor knows by itself what it has told of its source, and must not wait for the warehouse. Files that are well again are counted. */
function isOfSource({ what, count, overdue }: Asked): boolean {
  return what === 'failing' || (what === 'recovered' && count === undefined && !overdue)
}

async function take(context: ActivityContext, asked: Asked, token: string) {
  const { pipeline: name, partition } = asked
  const pipeline = context.config.pipelines.get(name)
  const within = AbortSignal.timeout(WAREHOUSE_WITHIN_MS)
  const scope = { pipeline: name, partition, alsoGone: pipeline?.onDeleted === 'alert', least: pipeline?.expect }
  try {
    const overdue = asked.overdue && pipeline ? await overdueNow(context, pipeline, asked.what, within) : undefined
    const { warehouse } = context.loading
    return { news: await warehouse.takeNews({ ...scope, news: newsOf(asked), overdue, token }, within), kept: true }
  } catch (error) {
    // That somebody else holds the warehouse may be why a file is late: it is told all the same.
    if (within.aborted && partition !== undefined && (asked.what === 'late' || asked.what === 'missing'))
      return { news: newsOf(asked), kept: false }
    throw error
  }
}

async function overdueNow({ client, loading }: ActivityContext, pipeline: Pipeline, what: What, signal: AbortSignal) {
  const { overdue } = await untoldOverdue({ client, warehouse: loading.warehouse, pipeline, signal })
  return overdue.filter(({ state }) => (state ?? 'recovered') === what)
}

function newsOfSource(asked: Asked): News {
  return asked.what === 'recovered' ? { ...newsOf(asked), reason: READ_AGAIN } : newsOf(asked)
}

function newsOf({ pipeline, partition, what, reason, count }: Asked): News {
  return {
    pipeline,
    what,
    reason,
    ...(partition === undefined ? {} : { partition }),
    ...(count === undefined ? {} : { count }),
  }
}

function channelsOf({ webhookEnv, command }: Alerts): Channel[] {
  const channels: Channel[] = []
  if (webhookEnv !== undefined) channels.push('webhook')
  if (command !== undefined) channels.push('command')
  return channels
}
