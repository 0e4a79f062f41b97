import { userInfo } from 'node:os'
import type { Command } from 'commander'
import { type BackfillRequest, CONCURRENCY, MOST_CONCURRENT, ONLY, requestFault } from '../backfilling/request.ts'
import { stretchOf } from '../backfilling/stretch.ts'
import type { Config } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'
import { type DataOptions, pipelineOf, withData } from './options.ts'

export interface BackfillOptions extends DataOptions {
  readonly from?: string
  readonly to?: string
  readonly partition?: readonly string[]
  readonly only?: string
  readonly concurrency?: string
  readonly newestFirst?: boolean
  readonly singleRun?: boolean
  readonly dryRun?: boolean
  readonly detach?: boolean
  readonly name?: string
  readonly progress?: boolean
  readonly pause?: boolean
  readonly resume?: boolean
  readonly cancel?: boolean
}

export function withBackfillOptions(command: Command): Command {
  return withData(command)
    .option('--from <key>', "the first partition, included; the pipeline's start by default")
    .option('--to <key>', 'the last partition, included; the last whole one, or the end, by default')
    .option('--partition <keys...>', 'these partitions instead of a range')
    .option('--only <which>', `${ONLY.join(', ')}; what is unloaded or changed by default`)
    .option('--concurrency <n>', `partitions that are open at once, up to ${MOST_CONCURRENT}`, String(CONCURRENCY))
    .option('--newest-first', 'from the last partition to the first')
    .option('--single-run', 'many partitions in one transaction each batch, in one run')
    .option('--dry-run', 'print what would run; needs no server')
    .option('--detach', 'start it, and do not wait')
    .option('--name <name>', 'its name; made of the range by default')
    .option('--progress', 'how far an open backfill is')
    .option('--pause', 'start no more; what is open goes on')
    .option('--resume', 'go on after a pause')
    .option('--cancel', 'end it and the imports that it has started; what is loaded stays')
}

/**
 * What the command asks for, as far as it can be checked without a server.
 * @throws TidemarkError UsageError
 */
export function requestOf(config: Config, pipeline: string, options: BackfillOptions): BackfillRequest {
  const { partitions } = pipelineOf(config, pipeline)
  const only = ONLY.find((which) => which === options.only)
  if (options.only !== undefined && only === undefined)
    throw new TidemarkError('UsageError', `--only '${options.only}' is none of ${ONLY.join(', ')}`)
  const request: BackfillRequest = {
    pipeline,
    from: options.from,
    to: options.to,
    partitions: options.partition,
    only,
    newestFirst: options.newestFirst,
    concurrency: options.concurrency === undefined ? undefined : wholeNumber(options.concurrency),
    singleRun: options.singleRun,
    by: userInfo().username,
  }
  const fault = requestFault(request)
  if (fault !== undefined) throw new TidemarkError('UsageError', fault)
  stretchOf(partitions, { ...request, at: Date.now() }, 1)
  return request
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new TidemarkError('UsageError', `--concurrency '${text}' is no whole number; expected 1 to ${MOST_CONCURRENT}`)
}
