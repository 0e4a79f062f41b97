import type { Command } from 'commander'
import { loadConfig } from '../config/load.ts'
import { OpenPipelines } from '../loading/open-pipelines.ts'
import { openForReading } from '../warehouse/open-warehouse.ts'
import { DONE, type Done, FAILED } from './exit-code.ts'
import { type Explanation, explain } from './explanation.ts'
import { type DataOptions, withData } from './options.ts'
import { oneLine, print, printJson } from './output.ts'
import { placesOf, unknownFile } from './places.ts'

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
      if (explanations.length === 0) throw unknownFile(config, file)
      if (json) printJson(explanations)
      else
        for (const { path, pipeline, steps } of explanations) {
          print(oneLine(`${path} in ${pipeline}`))
          for (const { step, text, at } of steps) print(`  ${step.padEnd(10)} ${oneLine(text)}${at === null ? '' : ` (${at})`}`)
        }
      done(explanations.some(({ inTable }) => inTable) ? DONE : FAILED)
    })
}
