import type { Command } from 'commander'
import { startWorker } from '../../worker.ts'
import { connect } from '../client/connect.ts'
import { startBatch } from '../client/start.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/pipeline.ts'
import { placeOf } from '../config/sources/source.ts'
import { TidemarkError } from '../errors.ts'
import { sensorId } from '../names.ts'
import { DEFAULT_PAGE_PORT, pageOn } from '../page/page-server.ts'
import { workerSource } from '../page/worker-source.ts'
import { apply } from '../schedules/apply.ts'
import { registerSearchAttributes } from '../schedules/search-attributes.ts'
import { holdUp } from '../server/hold-up.ts'
import { type RunningServer, startServer } from '../server/server.ts'
import { commandLine } from './command-line.ts'
import { type Display, displayFor } from './display.ts'
import { endWorker } from './end-worker.ts'
import { DONE, type Done, type ExitCode, FAILED } from './exit-code.ts'
import { lineReporter } from './lines.ts'
import { finish, isPaused } from './once.ts'
import { type DataOptions, portNumber, withData } from './options.ts'
import { paint } from './paint.ts'
import { installRuntime } from './runtime.ts'
import { summary } from './summary.ts'
import { pausedText } from './survey-lines.ts'
import { untilStopped } from './until-stopped.ts'

/** After a crash a sensor may be deaf for a while; nobody waits for that. */
const PAUSED_MS = 3_000

interface UpOptions extends DataOptions {
  readonly once?: boolean
  readonly port?: number
  readonly uiPort?: number
  readonly pagePort?: number
}

export function upCommand(program: Command, done: Done): void {
  withData(program.command('up'))
    .description(
      'start a Temporal server (unless TEMPORAL_ADDRESS is set), the worker, schedules and sensors; bring all up to date; then watch',
    )
    .option('--once', 'end when nothing is left to do')
    .option('--port <number>', "the server's port; 7233 by default", portNumber)
    .option('--ui-port <number>', "its Web UI's port; 1000 above the port by default", portNumber)
    .option('--page-port <number>', `the port of the page; ${DEFAULT_PAGE_PORT} by default`, portNumber)
    .action(async (options: UpOptions) => done(await up(options)))
}

async function up(options: UpOptions): Promise<ExitCode> {
  const config = await loadConfig(options.config)
  await using _ = await holdUp(config.stateFolder)
  installRuntime(config.stateFolder)
  const stopped = untilStopped()
  using display = await displayFor({ json: options.json ?? false })
  const server = process.env.TEMPORAL_ADDRESS === undefined ? await embedded(config, options, display) : undefined
  try {
    const end = await run(config, server, options, stopped, display)
    if (end !== 'stopped') return end
  } finally {
    await server?.stop()
  }
  if (!options.once) return DONE
  // The worker was in here, so that nobody goes on meanwhile.
  const command = commandOf(options)
  display.end([`stopped before all was done; what is loaded stays, and \`${command}\` goes on from there`], {
    stopped: true,
    command,
  })
  return FAILED
}

function embedded(config: Config, { port, uiPort }: UpOptions, display: Display): Promise<RunningServer> {
  const { stateFolder, temporal } = config
  return startServer({ stateFolder, namespace: temporal.namespace, port, uiPort, log: (line) => display.say(line) })
}

async function run(
  config: Config,
  server: RunningServer | undefined,
  asked: UpOptions,
  stopped: Promise<unknown>,
  display: Display,
): Promise<ExitCode | 'stopped'> {
  const address = {
    namespace: config.temporal.namespace,
    ...(server === undefined ? {} : { address: server.address, embedded: true }),
  }
  await using connected = await connect(address)
  const { client, namespace } = connected
  await registerSearchAttributes(client, namespace)
  const worker = await startWorker({ config, server: address, reporter: lineReporter((line, event) => display.say(line, event)) })
  await using _ = { [Symbol.asyncDispose]: () => endWorker(worker, server) }
  const { address: at } = connected
  display.say(`Temporal at ${at}${server === undefined ? '' : `, its Web UI at ${paint.cyan(server.uiUrl)}`}`, {
    event: 'connected',
    address: at,
    webUi: server?.uiUrl ?? null,
  })
  const leaving = new AbortController()
  const options = { config, client, warehouse: worker.warehouse, display, named: asked.config, signal: leaving.signal }
  const source = workerSource({ config, warehouse: worker.warehouse, connected, uiUrl: server?.uiUrl })
  await using page = asked.once ? undefined : await pageOn(source, asked.pagePort)
  if (page !== undefined) display.say(`the page is at ${paint.cyan(page.url)}`, { event: 'page', address: page.url })
  const work = begin(options, server !== undefined).then(async () => {
    if (asked.once) return finish(options)
    await watch(options)
    return new Promise<never>(() => {})
  })
  const end = await Promise.race([work, stopped.then(() => 'stopped' as const), worker.ended.then(() => FAILED), failed(server)])
  leaving.abort()
  display[Symbol.dispose]()
  if (end === 'stopped') display.say('stopping')
  return end
}

async function begin({ config, client, warehouse, display }: Parameters<typeof finish>[0], takeOver: boolean): Promise<void> {
  // The embedded server is this config's own: whatever else is on it was made for a warehouse that is gone.
  const applied = await apply({ client, config, identity: await warehouse.identity(), takeOver })
  display.say(summary(applied), { event: 'applied', changes: applied })
  for (const { name, sensor } of config.pipelines.values()) {
    // Who starts it again asks also for what is left alone after failures.
    if (sensor !== undefined) await client.workflow.getHandle(sensorId(name)).signal('poll')
    else
      await startBatch(client, { pipeline: name, taskQueue: config.temporal.taskQueue, trigger: 'manual', alsoPostponed: true })
  }
}

async function watch({ config, client, display, named }: Parameters<typeof finish>[0]): Promise<void> {
  const watched = [...config.pipelines.values()].filter(({ sensor }) => sensor !== undefined)
  for (const { name, source } of watched)
    display.say(`${paint.bold(name)}: drop a file into ${placeOf(source)} as ${source.files}`)
  display.say('watching; Ctrl-C stops')
  await client.withDeadline(Date.now() + PAUSED_MS, async () => {
    for (const { name } of watched) {
      const paused = await isPaused(client, name).catch(() => false) // this is only a word to people
      if (paused) display.say(`${name}: ${pausedText(name, named)}`)
    }
  })
}

/** What was typed, for once more. */
function commandOf({ config, port, uiPort }: UpOptions): string {
  const ports = [
    ['--port', port],
    ['--ui-port', uiPort],
  ] as const
  return commandLine(['up', '--once', ...ports.flatMap(([flag, of]) => (of === undefined ? [] : [flag, String(of)]))], config)
}

async function failed(server: RunningServer | undefined): Promise<never> {
  if (server === undefined) return new Promise(() => {})
  throw new TidemarkError(
    'ServerUnavailable',
    `the Temporal server has ended: ${await server.exited}; start again with \`tidemark up\``,
  )
}
