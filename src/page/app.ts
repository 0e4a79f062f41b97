import { setTimeout as delay } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Pipeline } from '../config/pipeline.ts'
import { messageOf, TidemarkError } from '../errors.ts'
import { FRESHNESS_STATES } from '../freshness/state.ts'
import { calendarOf } from './calendar.ts'
import { Changes } from './changes.ts'
import { naming } from './commands.ts'
import { onlyOurs, strict } from './guard.ts'
import { LedgerReadings } from './ledger-readings.ts'
import { overviewOf } from './overview.ts'
import type { PageApp } from './page-server.ts'
import type { PageSource } from './page-source.ts'
import { fileDetail, partitionDetail } from './partition-detail.ts'
import { partitionPage } from './partition-list.ts'
import { ServerReadings } from './server-readings.ts'
import { siteFile } from './site-files.ts'
import { ticksOf } from './ticks.ts'

/** Lest a proxy or a browser take a silent stream for a dead one. */
const PING_MS = 20_000

/** All that the page answers: its own files, and what they ask for. */
export function pageApp(source: PageSource): PageApp {
  const readings = new LedgerReadings(source)
  const server = new ServerReadings(source)
  const changes = new Changes(readings, server)
  const app = new Hono()
  app.use(strict, onlyOurs)

  const asTyped = naming(source.config)
  const answer = (context: Context, found: unknown) =>
    context.body(JSON.stringify(found, asTyped), 200, { 'Content-Type': 'application/json' })
  const askedFor = async (context: Context) => {
    return { source, readings, ui: await server.webUi(), pipeline: pipelineIn(context, source) }
  }
  app.get('/api/overview', async (context) =>
    answer(context, await overviewOf(source.config, readings, await server.now(), await server.webUi())),
  )
  app.get('/api/calendar', async (context) => {
    const { freshness } = await readings.of(pipelineIn(context, source))
    return answer(context, calendarOf(freshness, context.req.query('year')))
  })
  app.get('/api/partitions', async (context) => {
    const { freshness } = await readings.of(pipelineIn(context, source))
    const { within, text } = context.req.query()
    const state = FRESHNESS_STATES.find((one) => one === context.req.query('state'))
    return answer(
      context,
      partitionPage(freshness, { state, within: within || undefined, text: text || undefined, page: pageIn(context) }),
    )
  })
  app.get('/api/partition', async (context) =>
    answer(context, await partitionDetail(await askedFor(context), context.req.query('key') ?? '', pageIn(context))),
  )
  app.get('/api/file', async (context) =>
    answer(context, await fileDetail(await askedFor(context), context.req.query('path') ?? '')),
  )
  app.get('/api/ticks', async (context) => answer(context, await ticksOf(await askedFor(context))))
  app.get('/api/changes', (context) =>
    streamSSE(context, async (stream) => {
      const stop = changes.listen((change) => void stream.writeSSE({ event: change, data: '' }))
      stream.onAbort(stop)
      while (!stream.aborted && !stream.closed) {
        await stream.writeSSE({ event: 'ping', data: '' })
        await delay(PING_MS, undefined, { ref: false }) // nobody's end waits for it
      }
    }),
  )
  app.get('*', async (context) => {
    const file = await siteFile(context.req.path)
    if (file === undefined) return context.text('not found', 404)
    return context.body(file.content, 200, { 'Content-Type': file.type })
  })
  app.onError((error, context) => {
    const busy = error instanceof TidemarkError && error.retryable
    return context.json({ error: messageOf(error) }, error instanceof NoSuchPipeline ? 404 : busy ? 503 : 500)
  })
  return {
    listener: getRequestListener(app.fetch),
    close() {
      changes[Symbol.dispose]()
      readings[Symbol.dispose]()
    },
  }
}

class NoSuchPipeline extends Error {}

function pipelineIn(context: Context, { config }: PageSource): Pipeline {
  const name = context.req.query('pipeline') ?? ''
  const pipeline = config.pipelines.get(name)
  if (pipeline === undefined) throw new NoSuchPipeline(`no pipeline '${name}' in the config`)
  return pipeline
}

function pageIn(context: Context): number {
  const page = Number(context.req.query('page') ?? 1)
  return Number.isSafeInteger(page) && page > 0 ? page : 1
}
