import { loadConfig } from '../config/load.ts'
import { TidemarkError } from '../errors.ts'
import { readFreshness } from '../freshness/read-freshness.ts'
import type { Freshness } from '../freshness/state.ts'
import { openForReading } from '../warehouse/open-warehouse.ts'

/**
 * How fresh a pipeline is: what each of its partitions is by now, from the config and the ledger. It needs no server and no worker.
 * `config`: its file; `tidemark.config.ts` in this folder by default.
 * @throws TidemarkError ConfigInvalid, UsageError, WarehouseBusy, WarehouseFailed
 */
export async function freshness(name: string, { config: file }: { readonly config?: string } = {}): Promise<Freshness> {
  const config = await loadConfig(file)
  const pipeline = config.pipelines.get(name)
  if (pipeline === undefined)
    throw new TidemarkError(
      'UsageError',
      `no pipeline '${name}' in ${config.file}; it has ${[...config.pipelines.keys()].join(', ')}`,
    )
  await using warehouse = openForReading(config)
  return await readFreshness(pipeline, warehouse)
}
