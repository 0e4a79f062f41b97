import type { Warehouse } from '../warehouse/warehouse.ts'

/** What is being stopped does not wait for ever for a warehouse that somebody else holds. */
const PATIENCE_MS = 2_000

/** Ends what is left of a claim. One that stays is taken over by the next load. */
export async function releaseClaim(warehouse: Warehouse, pipeline: string, claim: string, signal: AbortSignal): Promise<void> {
  const patience = signal.aborted ? AbortSignal.timeout(PATIENCE_MS) : signal
  await warehouse.release(pipeline, claim, patience).catch(() => undefined)
}
