import type { Command } from 'commander'
import { loadConfig } from '../config/load.ts'
import { openForReading } from '../warehouse/open-warehouse.ts'
import { DONE, type Done, FAILED } from './exit-code.ts'
import { type DataOptions, pipelineOf, withData } from './options.ts'
import { printJson } from './output.ts'
import { printTable } from './table.ts'

interface FilesOptions extends DataOptions {
  readonly versions?: boolean
}

export function filesCommand(program: Command, done: Done): void {
  withData(program.command('files'))
    .description('the ledger: the newest version of each path, and what became of it')
    .argument('<pipeline>')
    .option('--versions', 'all versions')
    .action(async (name: string, { config: file, json = false, versions = false }: FilesOptions) => {
      const config = await loadConfig(file)
      const { name: pipeline } = pipelineOf(config, name)
      await using warehouse = openForReading(config)
      const entries = await warehouse.files(pipeline, { versions })
      if (json) printJson(entries)
      else {
        printTable(
          ['path', 'version', 'partition', 'status', 'rows', 'at', 'why'],
          entries.map(({ path, sequence, partition_key, status, rows, loaded_at, settled_at, error }) => [
            path,
            sequence,
            partition_key,
            status,
            rows,
            loaded_at ?? settled_at,
            error,
          ]),
        )
      }
      done(entries.some(({ status }) => status === 'held') ? FAILED : DONE)
    })
}
