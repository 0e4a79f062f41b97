import { WorkflowFailedError } from '@temporalio/client'
import type { Command } from 'commander'
import { importPartitionNow } from '../client/start.ts'
import { loadConfig } from '../config/load.ts'
import { counted } from '../counted.ts'
import { TidemarkError } from '../errors.ts'
import type { PartitionState } from '../loading/load-partition.ts'
import { partitionId } from '../names.ts'
import { judgeKey } from '../partitions/keys.ts'
import { DONE, type Done, FAILED } from './exit-code.ts'
import { rootOf } from './failed-run.ts'
import { tellWhenNobodyWorks } from './nobody-works.ts'
import { type DataOptions, pipelineOf, withData } from './options.ts'
import { oneLine, print, printJson } from './output.ts'
import { connectFor } from './server-address.ts'
import { untilStopped } from './until-stopped.ts'

export function importCommand(program: Command, done: Done): void {
  withData(program.command('import'))
    .description('bring one partition up to date now')
    .argument('<pipeline>')
    .argument('<partition>', 'its key, such as 2018-01-22')
    .action(async (pipeline: string, partition: string, { config: file, json = false }: DataOptions) => {
      const config = await loadConfig(file)
      const judged = judgeKey(pipelineOf(config, pipeline).partitions, partition)
      if (judged.verdict !== 'valid') throw new TidemarkError('UsageError', `${pipeline} has no such partition: ${judged.reason}`)
      await using connected = await connectFor(config)
      await tellWhenNobodyWorks(connected.client, config)
      const result = importPartitionNow(connected.client, {
        pipeline,
        partition,
        taskQueue: config.temporal.taskQueue,
        trigger: 'manual',
      })
      const end = await Promise.race([result.catch(heldState), untilStopped().then(() => 'detached' as const)])
      if (end === 'detached') {
        print(
          `it goes on as workflow ${partitionId(pipeline, partition)}; \`tidemark import ${pipeline} ${partition}\` waits for it again`,
        )
        return done(DONE)
      }
      if (json) printJson({ pipeline, partition, ...end })
      else print(oneLine(`${pipeline} ${partition}: ${describe(end)}`))
      done(end.state === 'loaded' ? DONE : FAILED)
    })
}

type Ended = Partial<PartitionState> & Pick<PartitionState, 'state'>

function heldState(error: unknown): Ended {
  const cause = error instanceof WorkflowFailedError ? rootOf(error) : undefined
  if (cause?.type === 'FileHeld') return { state: 'held', reason: cause.message }
  throw cause === undefined ? error : new TidemarkError('WarehouseFailed', cause.message)
}

function describe({ state, rows, files, reason }: Ended): string {
  switch (state) {
    case 'loaded':
      return `loaded, ${counted(rows ?? 0, 'row')}${files === 0 ? '; its file is gone from the source' : ` of ${counted(files ?? 0, 'file')}`}`
    case 'held':
      return `held, ${reason}`
    case 'waiting':
      return `waiting, ${reason}; try again when they are whole`
    case 'nothing':
      return reason ?? 'nothing, no file for it in the source'
  }
}
