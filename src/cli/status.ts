import type { Command } from 'commander'
import type { SensorStatus } from '../../workflows/sensor.ts'
import { loadConfig } from '../config/load.ts'
import type { Config, Pipeline } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'
import { openForReading } from '../warehouse/open-warehouse.ts'
import { DONE, type Done, FAILED } from './exit-code.ts'
import { isWell, surveyLines } from './once.ts'
import { type DataOptions, pipelineOf, withData } from './options.ts'
import { print, printJson } from './output.ts'
import { readSensor } from './sensor-state.ts'
import { connectFor } from './server-address.ts'
import { Surveyor } from './survey.ts'

export function statusCommand(program: Command, done: Done): void {
  withData(program.command('status'))
    .description('how each pipeline is: source and ledger compared now')
    .argument('[pipeline]', 'one pipeline; all by default')
    .action(async (name: string | undefined, { config: file, json = false }: DataOptions) => {
      const config = await loadConfig(file)
      const pipelines = name === undefined ? [...config.pipelines.values()] : [pipelineOf(config, name)]
      const sensors = await readSensors(config, pipelines)
      await using warehouse = openForReading(config)
      const surveyor = new Surveyor(config, warehouse)
      const surveys = []
      for (const pipeline of pipelines) surveys.push(await surveyor.survey(pipeline.name))
      if (json) printJson(surveys.map((survey) => ({ ...survey, sensor: sensors.get(survey.pipeline) ?? null })))
      else {
        for (const survey of surveys) {
          const sensor = sensors.get(survey.pipeline)
          for (const line of surveyLines(survey, false, sensor === undefined ? undefined : describe(sensor))) print(line)
        }
      }
      done(surveys.every(isWell) ? DONE : FAILED)
    })
}

type SensorState = SensorStatus | 'not running' | 'without a worker' | 'server unreachable'

function describe(sensor: SensorState): string {
  if (typeof sensor === 'string') return sensor
  return sensor.failing === null ? sensor.state : `failing (${sensor.failing})`
}

/** The ledger can be read without a server and without a worker, so a missing one is only told. */
async function readSensors(config: Config, pipelines: readonly Pipeline[]): Promise<Map<string, SensorState>> {
  const states = new Map<string, SensorState>()
  const sensors = pipelines.filter(({ sensor }) => sensor !== undefined)
  try {
    await using connected = await connectFor(config)
    await Promise.all(
      sensors.map(async ({ name }) => states.set(name, (await readSensor(connected.client, name)) ?? 'not running')),
    )
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error
    const missing = error.code === 'WorkerUnavailable' ? 'without a worker' : 'server unreachable'
    for (const { name } of sensors) if (!states.has(name)) states.set(name, missing)
  }
  return states
}
