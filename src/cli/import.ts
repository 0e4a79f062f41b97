import { WorkflowFailedError } from '@temporalio/client'
import type { Command } from 'commander'
import { readImportProgress } from '../client/import-progress.ts'
import { importPartitionNow } from '../client/start.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'
import { partitionId } from '../names.ts'
import { judgeKey } from '../partitions/keys.ts'
import { commandLine } from './command-line.ts'
import { displayFor } from './display.ts'
import { DONE, type Done, type ExitCode, FAILED } from './exit-code.ts'
import { rootOf } from './failed-run.ts'
import { follow } from './follow.ts'
import { type Ended, endText, stepShown } from './import-lines.ts'
import { tellWhenNobodyWorks } from './nobody-works.ts'
import { type DataOptions, pipelineOf, withData } from './options.ts'
import { oneLine } from './output.ts'
import { connectFor } from './server-address.ts'
import { unlessLeft } from './unless-left.ts'

export function importCommand(program: Command, done: Done): void {
  withData(program.command('import'))
    .description('bring one partition up to date now')
    .argument('<pipeline>')
    .argument('<partition>', 'its key, such as 2018-01-22')
    .action(async (pipeline: string, partition: string, options: DataOptions) => {
      const config = await loadConfig(options.config)
      const judged = judgeKey(pipelineOf(config, pipeline).partitions, partition)
      if (judged.verdict !== 'valid') throw new TidemarkError('UsageError', `${pipeline} has no such partition: ${judged.reason}`)
      done(await importNow(config, { pipeline, partition }, options))
    })
}

async function importNow(
  config: Config,
  of: { readonly pipeline: string; readonly partition: string },
  { config: file, json = false }: DataOptions,
): Promise<ExitCode> {
  const { pipeline, partition } = of
  using display = await displayFor({ json })
  await using connected = await connectFor(config)
  const { client } = connected
  await tellWhenNobodyWorks(client, config, json ? (words) => display.say(words) : undefined)
  const workflowId = partitionId(pipeline, partition)
  const following = new AbortController()
  const look = () => readImportProgress(client, of)
  const followed = follow(look, (step) => step && display.show(stepShown(of, step)), following.signal)
  const ask = (signal: AbortSignal) =>
    importPartitionNow(client, { ...of, taskQueue: config.temporal.taskQueue, trigger: 'manual', signal }).catch(endOfHeld)
  const end = await unlessLeft(client, (signal) => {
    display.tell({ event: 'started', ...of, workflowId })
    return ask(signal)
  }).finally(() => following.abort())
  await followed
  if (end === 'left') {
    const command = commandLine(['import', pipeline, partition], file)
    const back = `it goes on as workflow ${workflowId}; \`${command}\` waits for it again`
    display.end([back], { ...of, workflowId, detached: true, command })
    return DONE
  }
  display.end([oneLine(`${pipeline} ${partition}: ${endText(end)}`)], { ...of, ...end })
  return end.state === 'loaded' ? DONE : FAILED
}

function endOfHeld(error: unknown): Ended {
  const cause = error instanceof WorkflowFailedError ? rootOf(error) : undefined
  if (cause?.type === 'FileHeld') return { state: 'held', reason: cause.message }
  throw cause === undefined ? error : new TidemarkError('WarehouseFailed', cause.message)
}
