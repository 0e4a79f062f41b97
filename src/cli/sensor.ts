import { WorkflowNotFoundError } from '@temporalio/client'
import type { Command } from 'commander'
import { readSensor } from '../client/sensor-state.ts'
import { loadConfig } from '../config/load.ts'
import { counted } from '../counted.ts'
import { TidemarkError } from '../errors.ts'
import { sensorId } from '../names.ts'
import { DONE, type Done, FAILED } from './exit-code.ts'
import { type ConfigOption, type DataOptions, pipelineOf, withConfig, withData } from './options.ts'
import { print, printJson } from './output.ts'
import { connectFor } from './server-address.ts'

const ACTIONS = {
  pause: { does: 'stop looking, until resumed; imports that have begun go on', said: 'paused' },
  resume: { does: 'look again, after a pause; what came meanwhile is loaded', said: 'resumed' },
  poll: { does: 'look everywhere now, also at what is left alone after failures', said: 'looking' },
} as const

export function sensorCommand(program: Command, done: Done): void {
  const sensor = program.command('sensor').description("pause, resume or poll a pipeline's sensor, or see how it is")
  for (const [name, { does, said }] of Object.entries(ACTIONS)) {
    withConfig(sensor.command(name))
      .description(does)
      .argument('<pipeline>')
      .action(async (pipeline: string, { config: file }: ConfigOption) => {
        await signal(pipeline, name, file)
        print(`${pipeline}: ${said}`)
        done(DONE)
      })
  }
  withData(sensor.command('status'))
    .description('what it does, and when it last looked everywhere')
    .argument('<pipeline>')
    .action(async (pipeline: string, { config: file, json = false }: DataOptions) => {
      const config = await loadConfig(file)
      pipelineOf(config, pipeline)
      await using connected = await connectFor(config)
      const state = await readSensor(connected.client, pipeline)
      if (state === undefined) throw notRunning(pipeline)
      if (json) printJson(state)
      else {
        const isPaused = state.state === 'paused'
        const swept = state.sweptAt ?? (isPaused ? 'not known' : 'not yet')
        const seen = isPaused ? '' : `${counted(state.unsettled, 'file')} not settled; `
        print(`${pipeline}: ${state.state}; last sweep ${swept}; ${seen}${counted(state.inFlight, 'import')} in flight`)
        if (state.calls) print(`  ${counted(state.calls, 'call')} in the last hour${lateText(state.late)}`)
        if (state.failing !== null) print(`  ${state.failing}`)
        else if (state.notWatching) print(`  new files are found by listing only: ${state.notWatching}`)
      }
      done(state.state === 'failing' ? FAILED : DONE)
    })
}

/** Where listings go on from the last names: what only the last listing of everything has found. */
function lateText(late: number | null | undefined): string {
  return late === null || late === undefined ? '' : `; the last sweep caught ${counted(late, 'file')} that came late or changed`
}

async function signal(pipeline: string, name: string, file: string | undefined): Promise<void> {
  const config = await loadConfig(file)
  pipelineOf(config, pipeline)
  await using connected = await connectFor(config)
  try {
    await connected.client.workflow.getHandle(sensorId(pipeline)).signal(name)
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? notRunning(pipeline) : error
  }
}

function notRunning(pipeline: string): TidemarkError {
  return new TidemarkError(
    'UsageError',
    `no sensor of ${pipeline} runs; give the pipeline a sensor in the config, and run \`tidemark apply\``,
  )
}
