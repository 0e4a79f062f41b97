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
