import type { Command } from 'commander'
import type { Config, Pipeline } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'

export interface ConfigOption {
  readonly config?: string
}

export interface DataOptions extends ConfigOption {
  readonly json?: boolean
}

export function withConfig(command: Command): Command {
  return command.option('--config <file>', 'the config file; tidemark.config.ts in this folder by default')
}

export function withData(command: Command): Command {
  return withConfig(command).option('--json', 'print JSON')
}

/** @throws TidemarkError UsageError, which names those there are */
export function pipelineOf(config: Config, name: string): Pipeline {
  const pipeline = config.pipelines.get(name)
  if (pipeline !== undefined) return pipeline
  throw new TidemarkError(
    'UsageError',
    `no pipeline '${name}' in ${config.file}; it has ${[...config.pipelines.keys()].join(', ')}`,
  )
}

/** @throws TidemarkError UsageError */
export function portNumber(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new TidemarkError('UsageError', `'${text}' is no port; expected a number from 1 to 65535`)
}
