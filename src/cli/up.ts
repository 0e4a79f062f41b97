import type { Client } from '@temporalio/client'
import type { Command } from 'commander'
import { startWorker } from '../../worker.ts'
import { connect } from '../client/connect.ts'
import { startBatch } from '../client/start.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/pipeline.ts'
import { placeOf } from '../config/sources/source.ts'
import { TidemarkError } from '../errors.ts'
import { sensorId } from '../names.ts'
import { DEFAULT_PAGE_PORT, servePage } from '../page/page-server.ts'
import { workerSource } from '../page/worker-source.ts'
import { apply } from '../schedules/apply.ts'
import { registerSearchAttributes } from '../schedules/search-attributes.ts'
import { holdUp } from '../server/hold-up.ts'
import { type RunningServer, startServer } from '../server/server.ts'
import { endWorker } from './end-worker.ts'
import { DONE, type Done, type ExitCode, FAILED } from './exit-code.ts'
import { lineReporter } from './lines.ts'
import { finish, isPaused, pausedText } from './once.ts'
import { type ConfigOption, portNumber, withConfig } from './options.ts'
import { print } from './output.ts'
import { paint } from './paint.ts'
import { installRuntime } from './runtime.ts'
import { summary } from './summary.ts'
import { untilStopped } from './until-stopped.ts'

/** After a crash a sensor may be deaf for a while; nobody waits for that. */
const PAUSED_MS = 3_000

interface UpOptions extends ConfigOption {
  readonly once?: boolean
  readonly port?: number
  readonly uiPort?: number
  readonly pagePort?: number
}

export function upCommand(program: Command, done: Done): void {
  withConfig(program.command('up'))
    .description(
      'start a Temporal server (unless TEMPORAL_ADDRESS is set), the worker, schedules and sensors; bring all up to date; then watch',
    )
    .option('--once', 'end when nothing is left to do')
    .option('--port <number>', "the server's port; 7233 by default", portNumber)
    .option('--ui-port <number>', "its Web UI's port; 1000 above the port by default", portNumber)
    .option('--page-port <number>', `the port of the page; ${DEFAULT_PAGE_PORT} by default`, portNumber)
    .action(async (options: UpOptions) => done(await up(options)))
}

async function up({ config: file, once = false, port, uiPort, pagePort }: UpOptions): Promise<ExitCode> {
  const config = await loadConfig(file)
  await using _ = await holdUp(config.stateFolder)
  installRuntime(config.stateFolder)
  const stopped = untilStopped()
  const server = process.env.TEMPORAL_ADDRESS === undefined ? await embedded(config, port, uiPort) : undefined
  try {
    return await run({ config, server, once, pagePort, stopped })
  } finally {
    await server?.stop()
  }
}

function embedded(config: Config, port: number | undefined, uiPort: number | undefined): Promise<RunningServer> {
  const { stateFolder, temporal } = config
  return startServer({ stateFolder, namespace: temporal.namespace, port, uiPort, log: print })
}

interface RunOptions {
  readonly config: Config
  readonly server: RunningServer | undefined
  readonly once: boolean
  readonly pagePort: number | undefined
  readonly stopped: Promise<unknown>
}

async function run({ config, server, once, pagePort, stopped }: RunOptions): Promise<ExitCode> {
  const address = {
    namespace: config.temporal.namespace,
    ...(server === undefined ? {} : { address: server.address, embedded: true }),
  }
  await using connected = await connect(address)
  const { client, namespace } = connected
  await registerSearchAttributes(client, namespace)
  const worker = await startWorker({ config, server: address, reporter: lineReporter() })
  await using _ = { [Symbol.asyncDispose]: () => endWorker(worker, server) }
  print(`Temporal at ${connected.address}${server === undefined ? '' : `, its Web UI at ${paint.cyan(server.uiUrl)}`}`)
  const options = { config, client, warehouse: worker.warehouse }
  const source = workerSource({ config, warehouse: worker.warehouse, connected, uiUrl: server?.uiUrl })
  await using page = once
    ? undefined
    : await servePage({ source, port: pagePort ?? DEFAULT_PAGE_PORT, orAnother: pagePort === undefined })
  if (page !== undefined) print(`the page is at ${paint.cyan(page.url)}`)
  const work = begin(options, server !== undefined).then(async () => {
    if (once) return finish(options)
    await watch(config, client)
    return new Promise<never>(() => {})
  })
  const end = await Promise.race([work, stopped.then(() => DONE), worker.ended.then(() => FAILED), failed(server)])
  if (!once) print('stopping')
  return end
}

async function begin({ config, client, warehouse }: Parameters<typeof finish>[0], takeOver: boolean): Promise<void> {
  // The embedded server is this config's own: whatever else is on it was made for a warehouse that is gone.
  print(summary(await apply({ client, config, identity: await warehouse.identity(), takeOver })))
  for (const { name, sensor } of config.pipelines.values()) {
    // Who starts it again asks also for what is left alone after failures.
    if (sensor !== undefined) await client.workflow.getHandle(sensorId(name)).signal('poll')
    else
      await startBatch(client, { pipeline: name, taskQueue: config.temporal.taskQueue, trigger: 'manual', alsoPostponed: true })
  }
}

async function watch(config: Config, client: Client): Promise<void> {
  const watched = [...config.pipelines.values()].filter(({ sensor }) => sensor !== undefined)
  for (const { name, source } of watched) print(`${paint.bold(name)}: drop a file into ${placeOf(source)} as ${source.files}`)
  print('watching; Ctrl-C stops')
  await client.withDeadline(Date.now() + PAUSED_MS, async () => {
    for (const { name } of watched) {
      const paused = await isPaused(client, name).catch(() => false) // this is only a word to people
      if (paused) print(`${name}: ${pausedText(name)}`)
    }
  })
}

async function failed(server: RunningServer | undefined): Promise<never> {
  if (server === undefined) return new Promise(() => {})
  throw new TidemarkError(
    'ServerUnavailable',
    `the Temporal server has ended: ${await server.exited}; start again with \`tidemark up\``,
  )
}
