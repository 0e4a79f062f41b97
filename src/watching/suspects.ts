import { expectedKeyOf } from '../loading/expected.ts'
import type { OpenPipeline } from '../loading/open-pipelines.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'

/** What sweeps did not find any more, by partition, unless the ledger knows that it is gone. */
export async function suspectsByKey(
  open: OpenPipeline,
  warehouse: Warehouse,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const byKey = new Map<string, string[]>()
  const suspected = open.absences.suspected()
  if (suspected.length === 0) return byKey
  const known = await warehouse.known(open.pipeline.name, suspected, signal)
  for (const path of suspected) {
    const key = expectedKeyOf(open, path)
    if (key === undefined || !known.get(path)?.fingerprint) open.absences.forget(path)
    else byKey.set(key, [...(byKey.get(key) ?? []), path])
  }
  return byKey
}

export function suspectedKeys(open: OpenPipeline): { readonly key: string }[] {
  return open.absences.suspected().flatMap((path) => {
    const key = expectedKeyOf(open, path)
    return key === undefined ? [] : [{ key }]
  })
}
