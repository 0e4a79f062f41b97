import type { Command } from 'commander'
import { startWorker } from '../../worker.ts'
import { connect } from '../client/connect.ts'
import { loadConfig } from '../config/load.ts'
import { DONE, type Done, FAILED } from './exit-code.ts'
import { lineReporter } from './lines.ts'
import { type ConfigOption, withConfig } from './options.ts'
import { print } from './output.ts'
import { installRuntime } from './runtime.ts'
import { serverOf } from './server-address.ts'
import { untilStopped } from './until-stopped.ts'

export function workerCommand(program: Command, done: Done): void {
  withConfig(program.command('worker'))
    .description('the worker alone, against the server of TEMPORAL_ADDRESS or of a running `up`')
    .action(async ({ config: file }: ConfigOption) => {
      const config = await loadConfig(file)
      installRuntime(config.stateFolder)
      const server = await serverOf(config)
      await using connected = await connect(server)
      await using worker = await startWorker({ config, server, reporter: lineReporter() })
      print(
        `worker on ${connected.address}, namespace ${connected.namespace}, task queue ${config.temporal.taskQueue}; Ctrl-C stops`,
      )
      done(await Promise.race([untilStopped().then(() => DONE), worker.ended.then(() => FAILED)]))
    })
}
