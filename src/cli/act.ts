import { userInfo } from 'node:os'
import { WorkflowFailedError } from '@temporalio/client'
import type { Command } from 'commander'
import { actOnFileNow, actWorkflowId } from '../client/act.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/pipeline.ts'
import { counted } from '../counted.ts'
import { TidemarkError } from '../errors.ts'
import { OpenPipelines } from '../loading/open-pipelines.ts'
import { shellWord } from '../shell-word.ts'
import type { Decision } from '../warehouse/decision.ts'
import { openForReading } from '../warehouse/open-warehouse.ts'
import { DONE, type Done, FAILED } from './exit-code.ts'
import { rootOf } from './failed-run.ts'
import { tellWhenNobodyWorks } from './nobody-works.ts'
import { type DataOptions, pipelineOf, withData } from './options.ts'
import { oneLine, print, printJson } from './output.ts'
import { placesOf, unknownFile } from './places.ts'
import { connectFor } from './server-address.ts'
import { untilStopped } from './until-stopped.ts'

interface ActOptions extends DataOptions {
  readonly pipeline?: string
  readonly reason?: string
}

export function retryCommand(program: Command, done: Done): void {
  fileCommand(program, 'retry', 'load a file again as it is: after the config was mended, or its rows were removed', done).option(
    '--reason <text>',
    'why, for the ledger',
  )
}

export function releaseCommand(program: Command, done: Done): void {
  fileCommand(program, 'release', 'load a file in spite of a failed check', done).requiredOption(
    '--reason <text>',
    'why it may be loaded, for the ledger',
  )
}

export function removeCommand(program: Command, done: Done): void {
  fileCommand(program, 'remove', "take a file's rows out of the table; they stay out until it changes, or `retry`", done).option(
    '--reason <text>',
    'why, for the ledger',
  )
}

function fileCommand(program: Command, action: Decision, description: string, done: Done): Command {
  return withData(program.command(action))
    .description(description)
    .argument('<file>', 'a path as `files` prints it, or on disk')
    .option('--pipeline <name>', 'when several pipelines know the file')
    .action(async (file: string, options: ActOptions) => {
      const config = await loadConfig(options.config)
      const { pipeline, path } = await placeOf(config, file, options.pipeline)
      const fingerprint = action === 'release' ? await listedFingerprint(config, pipeline, path) : undefined
      await using connected = await connectFor(config)
      await tellWhenNobodyWorks(connected.client, config)
      const result = actOnFileNow(connected.client, {
        pipeline,
        path,
        action,
        by: userInfo().username,
        taskQueue: config.temporal.taskQueue,
        ...(options.reason === undefined ? {} : { reason: options.reason }),
        ...(fingerprint === undefined ? {} : { fingerprint }),
      })
      const end = await Promise.race([result.catch(refused), untilStopped().then(() => 'detached' as const)])
      if (end === 'detached') {
        print(`it goes on as workflow ${actWorkflowId(pipeline, path)}; \`tidemark explain ${path}\` says what came of it`)
        return done(DONE)
      }
      if (options.json) printJson(end)
      else {
        const what = end.status === 'loaded' ? `loaded, ${counted(end.rows, 'row')}` : end.status
        print(oneLine(`${pipeline} ${path}: ${what}${end.reason === null ? '' : `, ${end.reason}`}`))
      }
      done(end.status === (action === 'remove' ? 'removed' : 'loaded') ? DONE : FAILED)
    })
}

/** Whose file it is: the ledger says so, also of one that is gone. */
async function placeOf(config: Config, file: string, named: string | undefined) {
  if (named !== undefined) pipelineOf(config, named)
  await using warehouse = openForReading(config)
  const found: { pipeline: string; path: string }[] = []
  for (const [pipeline, path] of placesOf(config, file)) {
    if (named !== undefined && pipeline !== named) continue
    if ((await warehouse.files(pipeline, { path })).length > 0) found.push({ pipeline, path })
  }
  const [first, ...more] = found
  if (first === undefined) throw await neverHandled(config, file)
  if (more.length === 0) return first
  const names = found.map(({ pipeline }) => pipeline).join(', ')
  throw new TidemarkError('UsageError', `several pipelines know ${JSON.stringify(file)}: ${names}; name one with --pipeline`)
}

/** Nothing is decided on a file that the ledger does not know. */
async function neverHandled(config: Config, file: string): Promise<TidemarkError> {
  const pipelines = new OpenPipelines(config)
  for (const [pipeline, path] of placesOf(config, file)) {
    const there = await pipelines.get(pipeline).source.stat(path)
    if (there === undefined) continue
    const text = `${path} of ${pipeline} has not been loaded yet, so that there is nothing to decide on; \`tidemark explain ${shellWord(path)}\` says why`
    return new TidemarkError('UsageError', text)
  }
  return unknownFile(config, file)
}

/** The version that is there now: a newer one than this is not what was decided on. */
async function listedFingerprint(config: Config, pipeline: string, path: string): Promise<string | undefined> {
  return (await new OpenPipelines(config).get(pipeline).source.stat(path))?.fingerprint
}

function refused(error: unknown): never {
  const cause = error instanceof WorkflowFailedError ? rootOf(error) : undefined
  if (cause === undefined) throw error
  throw new TidemarkError(cause.type === 'UsageError' ? 'UsageError' : 'WarehouseFailed', cause.message)
}
