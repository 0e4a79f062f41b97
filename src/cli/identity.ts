import type { Config } from '../config/pipeline.ts'
import { openForCommand } from '../warehouse/open-warehouse.ts'

/** The warehouse's own name; the warehouse is made when it is not there. */
export async function identityOf(config: Config): Promise<string> {
  await using warehouse = openForCommand(config)
  return await warehouse.identity()
}
