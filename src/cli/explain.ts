import { relative, resolve, sep } from 'node:path'
import type { Command } from 'commander'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'
import { OpenPipelines } from '../loading/open-pipelines.ts'
import { openForReading } from '../warehouse/open-warehouse.ts'
import { DONE, type Done, FAILED } from './exit-code.ts'
import { type Explanation, explain } from './explanation.ts'
import { type DataOptions, withData } from './options.ts'
import { oneLine, print, printJson } from './output.ts'

export function explainCommand(program: Command, done: Done): void {
  withData(program.command('explain'))
    .description('what happened to a file, and what would happen now')
    .argument('<file>', 'a path as `files` prints it, or on disk')
    .action(async (file: string, { config: configFile, json = false }: DataOptions) => {
      const config = await loadConfig(configFile)
      await using warehouse = openForReading(config)
      const pipelines = new OpenPipelines(config)
      const explanations: Explanation[] = []
      for (const [name, path] of placesOf(config, file)) {
        const explanation = await explain(pipelines.get(name), warehouse, path)
        if (explanation !== undefined) explanations.push(explanation)
      }
      if (explanations.length === 0) throw unknown(config, file)
      if (json) printJson(explanations)
      else
        for (const { path, pipeline, steps } of explanations) {
          print(oneLine(`${path} in ${pipeline}`))
          for (const { step, text, at } of steps) print(`  ${step.padEnd(10)} ${oneLine(text)}${at === null ? '' : ` (${at})`}`)
        }
      done(explanations.some(({ inTable }) => inTable) ? DONE : FAILED)
    })
}

/** Pipelines that may know the file, with its path in each source. */
function placesOf(config: Config, file: string): [string, string][] {
  return [...config.pipelines.values()].flatMap(({ name, source }): [string, string][] => {
    const inside = relative(source.folder, resolve(file)).split(sep)
    return inside[0] === '..' || inside[0] === '' ? [[name, file]] : [[name, inside.join('/')]]
  })
}

function unknown(config: Config, file: string): TidemarkError {
  const folders = [...config.pipelines.values()].map(({ source }) => source.folder).join(', ')
  return new TidemarkError('UsageError', `no pipeline has, or had, a file ${JSON.stringify(file)}; the sources are ${folders}`)
}
