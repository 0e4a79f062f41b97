import type { Command } from 'commander'
import { loadConfig } from '../config/load.ts'
import { messageOf, TidemarkError } from '../errors.ts'
import { openForReading } from '../warehouse/open-warehouse.ts'
import { DONE, type Done } from './exit-code.ts'
import { type DataOptions, withData } from './options.ts'
import { oneLine, printJson } from './output.ts'
import { printTable } from './table.ts'

export function queryCommand(program: Command, done: Done): void {
  withData(program.command('query'))
    .description('read the warehouse with SQL, also while a worker runs')
    .argument('<sql>', 'such as "SELECT count(*) FROM raw_partition_data"')
    .action(async (sql: string, { config: file, json = false }: DataOptions) => {
      const config = await loadConfig(file)
      await using warehouse = openForReading(config)
      await warehouse.identity() // what keeps it from being opened is no mistake in the SQL
      const { columns, rows } = await warehouse.query(sql).catch((error: unknown) => {
        if (!(error instanceof TidemarkError) || error.code !== 'WarehouseFailed') throw error
        // DuckDB's own words, which may repeat cells: who asks may read them all.
        throw new TidemarkError('UsageError', oneLine(messageOf(error.cause ?? error).split('\n')[0] ?? ''))
      })
      if (json) printJson(rows)
      else
        printTable(
          columns,
          rows.map((row) => columns.map((column) => row[column])),
        )
      done(DONE)
    })
}
