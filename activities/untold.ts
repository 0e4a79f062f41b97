import type { OpenPipeline } from '../src/loading/open-pipelines.ts'
import type { Warehouse } from '../src/warehouse/warehouse.ts'

/**
 * What the ledger has that people were not told: also of a load that died between its commit and its answer. Fields without news are left
 * out, as in the answers of older code.
 */
export async function untoldIn(warehouse: Warehouse, { pipeline }: OpenPipeline, partition?: string) {
  const alsoGone = pipeline.onDeleted === 'alert'
  const { held, recovered, gone } = await warehouse.untold({
    pipeline: pipeline.name,
    partition,
    alsoGone,
    least: pipeline.expect,
  })
  return { newlyHeld: held, ...(recovered > 0 ? { recovered } : {}), ...(gone > 0 ? { gone } : {}) }
}
