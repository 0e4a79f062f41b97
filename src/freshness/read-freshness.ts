import type { Pipeline } from '../config/pipeline.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { freshnessOf } from './freshness.ts'
import type { Freshness } from './state.ts'

/**
 * What all partitions of a pipeline are by now, for `status`, the page and programs. One question to the warehouse, which must have been made by a worker.
 * @throws TidemarkError WarehouseBusy, WarehouseFailed
 */
export async function readFreshness(
  pipeline: Pick<Pipeline, 'name' | 'partitions' | 'expect'>,
  warehouse: Pick<Warehouse, 'partitionRecords'>,
  { now = new Date(), signal }: { readonly now?: Date; readonly signal?: AbortSignal } = {},
): Promise<Freshness> {
  return freshnessOf(pipeline, await warehouse.partitionRecords(pipeline.name, signal), now)
}
