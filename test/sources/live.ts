import { readSensor, type SensorState } from '../../src/client/sensor-state.ts'
import type { PipelineInput } from '../../src/config/schema.ts'
import { messageOf } from '../../src/errors.ts'
import type { WorkerSettings } from '../../worker.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

export interface Live extends AsyncDisposable {
  readonly running: Running
  /** Waits until the sensor is in this state, and says this of what is wrong. */
  becomes(state: SensorState['state'], told?: RegExp): Promise<void>
}

/** A sensor over a source, in a real worker. */
export async function live(
  source: PipelineInput['source'],
  options: Partial<PipelineInput> = {},
  settings: Partial<WorkerSettings> = {},
): Promise<Live> {
  const workspace = await Workspace.create({ source: { ...source, settle: '500ms' }, sensor: { every: '1s' }, ...options })
  const running = await Running.start(workspace, settings)
  await running.apply()
  return {
    running,
    becomes: async (state, told = /^/) => {
      let last: SensorState | undefined
      await until(`the sensor to be ${state} with ${told}`, async () => {
        last = await readSensor(running.client, running.pipeline)
        return last?.state === state && told.test(last.failing ?? '')
      }).catch((error: unknown) => {
        throw new Error(`${messageOf(error)}, got ${JSON.stringify(last)}`)
      })
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      await workspace[Symbol.asyncDispose]()
    },
  }
}
