import { judgeKey } from '../partitions/keys.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { OpenPipeline } from './open-pipelines.ts'

/** A path that a listing would find if it were there: its partition's key is returned. */
export function expectedKeyOf({ pattern, pipeline }: OpenPipeline, path: string): string | undefined {
  const key = pattern.keyOf(path)
  return key === undefined || judgeKey(pipeline.partitions, key).verdict === 'outside' ? undefined : key
}

/** What the ledger expects to be in the source, and a listing has not found. */
export async function missingFrom(
  open: OpenPipeline,
  warehouse: Warehouse,
  listed: { has(path: string): boolean },
  signal: AbortSignal,
): Promise<string[]> {
  const missing: string[] = []
  let after = ''
  for (;;) {
    const page = await warehouse.present(open.pipeline.name, after, signal)
    const last = page.at(-1)
    if (last === undefined) return missing
    for (const path of page) if (!listed.has(path) && expectedKeyOf(open, path) !== undefined) missing.push(path)
    after = last
  }
}
