import type { Command } from 'commander'
import { loadConfig } from '../config/load.ts'
import type { Pipeline } from '../config/pipeline.ts'
import type { Freshness } from '../freshness/state.ts'
import { openForReading } from '../warehouse/open-warehouse.ts'
import { withConfigNamed } from './command-line.ts'
import { DONE, type Done, FAILED } from './exit-code.ts'
import { type DataOptions, pipelineOf, withData } from './options.ts'
import { print, printJson } from './output.ts'
import { type ServerState, ServerStates } from './server-state.ts'
import { stateLines } from './state-lines.ts'
import { type Looked, Surveyor } from './survey.ts'
import { isWell, surveyLines } from './survey-lines.ts'

export function statusCommand(program: Command, done: Done): void {
  withData(program.command('status'))
    .description('how each pipeline is: source and ledger compared now, and a calendar of its partitions')
    .argument('[pipeline]', 'one pipeline; all by default')
    .action(async (name: string | undefined, { config: file, json = false }: DataOptions) => {
      const config = await loadConfig(file)
      const pipelines = name === undefined ? [...config.pipelines.values()] : [pipelineOf(config, name)]
      await using server = new ServerStates(config)
      await using warehouse = openForReading(config)
      const surveyor = new Surveyor(config, warehouse)
      const looked = new Map<Pipeline, Looked>()
      const onTallied = () => void server.connect()
      for (const pipeline of pipelines) looked.set(pipeline, await surveyor.look(pipeline.name, { atRest: true, onTallied }))
      const freshness = new Map([...looked].map(([pipeline, look]) => [pipeline.name, look.freshness]))
      const states = await server.of(pipelines, freshness)
      const stateOf = ({ name: of }: Pipeline) => naming(states.get(of) ?? NOTHING_KNOWN, file)
      const all = [...looked].map(([pipeline, look]) => ({ pipeline, look, state: stateOf(pipeline), config: file }))
      if (json) printJson(all.map(({ look, state }) => asJson(look, state)))
      else for (const each of all) for (const line of linesOf(each)) print(line)
      done([...looked.values()].every(({ survey }) => isWell(survey)) ? DONE : FAILED)
    })
}

const NOTHING_KNOWN: ServerState = { backfills: [], missedWork: undefined }

interface Shown {
  readonly pipeline: Pipeline
  readonly look: Looked
  readonly state: ServerState
  readonly config: string | undefined
}

function linesOf({ pipeline, look: { survey, freshness, oldestWaiting }, state, config }: Shown): string[] {
  const { sensor, backfills, missedWork } = state
  const live = typeof sensor === 'object' && pipeline.sensor ? { ...sensor, everyMs: pipeline.sensor.everyMs } : undefined
  return [
    ...surveyLines(survey, false, { sensor: sensor && inWords(sensor), config }),
    ...stateLines({ freshness, oldestWaiting, sensor: live, backfills, missedWork, config }),
  ]
}

/** What mends it, to be typed as it is. */
function naming(state: ServerState, config: string | undefined): ServerState {
  const { missedWork } = state
  if (missedWork === undefined) return state
  const gaps = missedWork.gaps.map((gap) => ({ ...gap, mend: gap.mend.map((command) => withConfigNamed(command, config)) }))
  return { ...state, missedWork: { ...missedWork, gaps } }
}

function inWords(sensor: NonNullable<ServerState['sensor']>): string {
  if (typeof sensor === 'string') return sensor
  return sensor.failing === null ? sensor.state : `failing (${sensor.failing})`
}

function asJson({ survey, freshness, oldestWaiting }: Looked, { sensor = undefined, backfills, missedWork }: ServerState) {
  return {
    ...survey,
    sensor: sensor ?? null,
    oldestWaiting,
    freshness: { ...freshness, partitions: statesOf(freshness) },
    backfills,
    missedWork: missedWork ?? null,
  }
}

/** By key: a hundred thousand of them are to be read by scripts. */
function statesOf({ partitions }: Freshness): Record<string, string> {
  return Object.fromEntries(partitions.map(({ key, state }) => [key, state]))
}
