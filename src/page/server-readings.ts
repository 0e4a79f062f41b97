import type { Client } from '@temporalio/client'
import { messageOf } from '../errors.ts'
import { openRuns } from './open-runs.ts'
import type { ScheduleNow, SensorNow, ServerNow } from './page-data.ts'
import type { PageSource } from './page-source.ts'
import { scheduleNow } from './schedule-now.ts'
import { sensorNow } from './sensor-now.ts'
import { ShareOfTime } from './share-of-time.ts'
import { WebUi } from './web-ui.ts'

/** Between two questions to the server, however many look. */
const LEAST_PAUSE_MS = 4_000
/** Asked at once: there may be hundreds of pipelines. */
const AT_ONCE = 8

/** Asks the Temporal server how things are, once for all who look. */
export class ServerReadings {
  readonly #source: PageSource
  readonly #pace = new ShareOfTime(LEAST_PAUSE_MS)
  #last: Promise<ServerNow> | undefined

  constructor(source: PageSource) {
    this.#source = source
  }

  /** Never rejected: that the server cannot be asked is an answer, too. */
  now(): Promise<ServerNow> {
    if (this.#last === undefined || this.#pace.isDue()) {
      this.#last = this.#pace.take(() => this.#read())
    }
    return this.#last
  }

  async webUi(): Promise<WebUi> {
    return new WebUi(await this.#source.webUi(), this.#source.config.temporal.namespace)
  }

  async #read(): Promise<ServerNow> {
    const ui = await this.webUi()
    const nothing = { webUi: ui.home(), sensors: {}, schedules: {}, open: [], moreOpen: false }
    try {
      const known = await this.#source.ask((client) => this.#ask(client, ui))
      return { ...nothing, ...known, error: null }
    } catch (error) {
      return { ...nothing, error: messageOf(error) }
    }
  }

  async #ask(client: Client, ui: WebUi) {
    const { default: pMap } = await import('p-map')
    const pipelines = [...this.#source.config.pipelines.values()]
    const sensors: Record<string, SensorNow> = {}
    const schedules: Record<string, ScheduleNow> = {}
    const [runs] = await Promise.all([
      openRuns(
        client,
        pipelines.map(({ name }) => name),
        ui,
      ),
      pMap(
        pipelines,
        async (pipeline) => {
          if (pipeline.sensor !== undefined) sensors[pipeline.name] = await sensorNow(client, pipeline, pipeline.sensor, ui)
          if (pipeline.schedule !== undefined)
            schedules[pipeline.name] = await scheduleNow(client, pipeline.name, pipeline.schedule, ui)
        },
        { concurrency: AT_ONCE },
      ),
    ])
    return { sensors, schedules, ...runs }
  }
}
