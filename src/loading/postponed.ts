import type { Warehouse } from '../warehouse/warehouse.ts'

/** The partitions that are left alone now, after failures. */
export async function postponedKeys(warehouse: Pick<Warehouse, 'backoffs'>, pipeline: string): Promise<ReadonlySet<string>> {
  const now = new Date()
  const backoffs = await warehouse.backoffs(pipeline)
  return new Set(backoffs.filter(({ notBefore }) => notBefore > now).map(({ key }) => key))
}
