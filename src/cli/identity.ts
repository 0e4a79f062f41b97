import { existsSync } from 'node:fs'
import type { Config } from '../config/pipeline.ts'
import { openForCommand } from '../warehouse/open-warehouse.ts'

/** The warehouse's own name; the warehouse is made when it is not there. */
export async function identityOf(config: Config): Promise<string> {
  await using warehouse = openForCommand(config)
  return await warehouse.identity()
}

/** The same, but nothing is made: a warehouse that is not there yet has nothing of its own on any server. */
export async function identityIfThere(config: Config): Promise<string> {
  return existsSync(config.warehouse.file) ? await identityOf(config) : 'a warehouse to be made'
}
