import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inFolder, withServer, withWorker } from '../ground.mjs'
import { COLUMNS_TEXT, makeFiles } from '../small-files.mjs'

const LOOK_EACH_MS = 200
const NEW = 10

export const name = 'sizes'
/** Files of the larger source; the smaller one has a thousandth of them. */
export const sizes = { full: 1_000_000, short: 20_000 }

/** `none`: what lies there before is passed over, so that a million files need not be loaded first. */
const configText = `import { defineConfig, duckdb, dynamic, localFolder } from 'tidemark'
export default defineConfig({
  warehouse: duckdb('warehouse.duckdb'),
  pipelines: {
    sizes: {
      source: localFolder('source', { files: '{partition}.csv', settle: '200ms' }),
      partitions: dynamic({ initial: 'none' }),
      table: 'sizes',
      columns: ${COLUMNS_TEXT},
      sensor: { every: '5s' },
    },
  },
})
`

/** What grows with the number of files, though it should not: the sensor's history, its cursor, and the largest payload. */
export async function measure(files) {
  const small = await measureOne(files / 1_000)
  const large = await measureOne(files)
  return ['cursor', 'payloads of ten turns', 'largest payload'].map((part) => ({
    what: `${part}, at ${files / 1_000} and at ${files} files`,
    unit: 'bytes',
    limitIs: `the same at ${files / 1_000} files`,
    ours: large[part],
    limit: small[part],
    budget: 1.2,
    ...(part === 'cursor' ? { atMost: 16_384 } : {}),
  }))
}

function measureOne(files) {
  return inFolder(async (folder) => {
    const source = join(folder, 'source')
    mkdirSync(source)
    makeFiles(
      source,
      Array.from({ length: files }, (_, number) => `before-${number}`),
    )
    return await withServer(folder, ({ server, client }) =>
      withWorker({ folder, server, client, configText }, async ({ counter }) => {
        const sensor = client.workflow.getHandle('sizes/sensor')
        await begun(sensor)
        makeFiles(
          source,
          Array.from({ length: NEW }, (_, number) => `new-${number}`),
        )
        await counter.reached(NEW)
        return await measureHistory(sensor)
      }),
    )
  })
}

/** When its first sweep has ended, which is an activity of its own. */
async function begun(sensor) {
  for (;;) {
    const { events } = await sensor.fetchHistory()
    if (events.some((event) => event.activityTaskCompletedEventAttributes)) return
    await delay(LOOK_EACH_MS)
  }
}

async function measureHistory(sensor) {
  const { events } = await sensor.fetchHistory()
  const payloads = events.flatMap((event) => payloadsIn(event))
  const answers = events.flatMap(({ activityTaskCompletedEventAttributes: completed }) => completed?.result?.payloads ?? [])
  const cursors = events.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.input?.payloads ?? [])
  return {
    cursor: Math.max(...cursors.map(({ data }) => data.length)),
    'payloads of ten turns': (payloads.reduce((sum, { data }) => sum + data.length, 0) / answers.length) * 10,
    'largest payload': Math.max(...payloads.map(({ data }) => data.length)),
  }
}

function payloadsIn(value) {
  if (typeof value !== 'object' || value === null) return []
  if ('data' in value && value.data instanceof Uint8Array) return [value]
  return Object.values(value).flatMap(payloadsIn)
}
