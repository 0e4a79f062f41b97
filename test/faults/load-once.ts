import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../src/config/pipeline.ts'
import { systemCodeOf } from '../../src/errors.ts'
import { clearStaging } from '../../src/loading/clear-staging.ts'
import { loadPartition, type PartitionState } from '../../src/loading/load-partition.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import type { Warehouse } from '../../src/warehouse/warehouse.ts'

/** Loads one partition of a config's only pipeline, as the last try of a run of its own would. */
export function loadOnce(config: Config, warehouse: Warehouse, key: string): Promise<PartitionState> {
  return loadPartition(loadingOf(config, warehouse), {
    open: new OpenPipelines(config).get(onlyPipeline(config)),
    key,
    hints: [],
    run: { workflowId: 'w', runId: randomUUID() },
    lastTry: true,
    signal: new AbortController().signal,
  })
}

/** Ends what killed loads have left, as a worker does that starts; what is there after that. */
export async function leftovers(config: Config, warehouse: Warehouse): Promise<{ claims: unknown; staged: string[] }> {
  const loading = loadingOf(config, warehouse)
  await clearStaging(loading, () => Promise.resolve(false), new AbortController().signal)
  return { claims: await warehouse.claims(), staged: await namesIn(loading.stagingFolder) }
}

export function onlyPipeline({ pipelines }: Config): string {
  const [name] = pipelines.keys()
  if (name === undefined) throw new Error('expected a pipeline')
  return name
}

function loadingOf({ stateFolder }: Config, warehouse: Warehouse) {
  return { warehouse, stagingFolder: join(stateFolder, 'staging') }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return []
    throw error
  }
}
