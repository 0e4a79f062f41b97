import type { Command } from 'commander'
import type { BackfillProgress } from '../backfilling/progress.ts'
import type { BackfillRequest } from '../backfilling/request.ts'
import { isComplete, type Tally } from '../backfilling/tally.ts'
import { type Backfill, startBackfill } from '../client/backfill.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'
import { commandOf, detachedLines, resultLines, shownProgress } from './backfill-lines.ts'
import { planRequest, printPlan } from './backfill-plan.ts'
import { type BackfillOptions, requestOf, withBackfillOptions } from './backfill-request.ts'
import { steer, steerAsked } from './backfill-steer.ts'
import { displayFor } from './display.ts'
import { DONE, type Done, FAILED } from './exit-code.ts'
import { rootOf } from './failed-run.ts'
import { follow } from './follow.ts'
import { tellWhenNobodyWorks } from './nobody-works.ts'
import { connectFor } from './server-address.ts'
import { unlessLeft } from './unless-left.ts'

export function backfillCommand(program: Command, done: Done): void {
  withBackfillOptions(program.command('backfill'))
    .description('bring a range of partitions up to date, or steer a backfill that runs')
    .argument('<pipeline>')
    .action(async (pipeline: string, options: BackfillOptions) => {
      const config = await loadConfig(options.config)
      const request = requestOf(config, pipeline, options)
      const action = steerAsked(options)
      if (action !== undefined) return done(await steer(config, pipeline, action, options))
      if (options.dryRun) {
        printPlan(await planRequest(config, request), request, options.json ?? false)
        return done(DONE)
      }
      done(await start(config, request, options))
    })
}

async function start(config: Config, request: BackfillRequest, options: BackfillOptions) {
  const { detach = false, json = false, name } = options
  const asked = { ...request, config: options.config, name }
  using display = await displayFor({ json })
  await using connected = await connectFor(config)
  await tellWhenNobodyWorks(connected.client, config, json ? (words) => display.say(words) : undefined)
  const backfill = await startBackfill(connected.client, { ...request, name, taskQueue: config.temporal.taskQueue })
  const { workflowId, attached } = backfill
  const of = { pipeline: request.pipeline, name: backfill.name }
  const started = { event: 'started', ...of, workflowId, attached }
  const tellStarted = () => {
    if (attached) display.say(`this backfill is open already, as ${workflowId}; here is how it goes on`, started)
    else display.tell(started)
  }
  if (detach) {
    tellStarted()
    display.end(detachedLines(asked, backfill), { name: backfill.name, workflowId, attached })
    return DONE
  }
  const following = new AbortController()
  const look = async () => {
    const progress = await backfill.progress()
    return progress.state === 'done' ? undefined : progress
  }
  const show = (progress: BackfillProgress | undefined) => progress && display.show(shownProgress(of, progress))
  const followed = follow(look, show, following.signal)
  const end = await unlessLeft(connected.client, () => {
    tellStarted()
    return ended(backfill)
  }).finally(() => following.abort())
  await followed
  if (end === 'left') {
    display.end(detachedLines(asked, backfill), { ...of, workflowId, detached: true, command: commandOf(asked) })
    return DONE
  }
  display.end(resultLines(asked, end), { ...of, ...end })
  return isComplete(end, request.only) ? DONE : FAILED
}

async function ended(backfill: Backfill): Promise<Tally> {
  try {
    return await backfill.result()
  } catch (error) {
    const cause = error instanceof Error ? rootOf(error) : undefined
    if (cause !== undefined)
      throw new TidemarkError(cause.type === 'UsageError' ? 'UsageError' : 'WarehouseFailed', cause.message)
    throw wasCancelled(error)
      ? new TidemarkError('WarehouseFailed', `${backfill.workflowId} was cancelled; what it has loaded stays`)
      : error
  }
}

function wasCancelled(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    if (cause.name === 'CancelledFailure' || cause.name === 'TerminatedFailure') return true
  return false
}
