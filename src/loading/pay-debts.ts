import { TidemarkError } from '../errors.ts'
import type { Debt, PaidDebt } from '../warehouse/warehouse.ts'
import type { LoadContext } from './load-files.ts'
import type { OpenPipeline } from './open-pipelines.ts'

/** Written down together: what is not, after a crash, is found again where it was moved to. */
const TOGETHER = 500

/**
 * Moves or deletes what is loaded, where the config says so. What cannot be stays owed, and the load is none the worse; only where the
 * ledger still says that it is owed, and the source still has that version.
 */
export async function payDebts(
  { warehouse }: LoadContext,
  { pipeline, source }: OpenPipeline,
  isMine: (debt: Debt) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const { afterLoad, name } = pipeline
  if (afterLoad.kind === 'keep') return
  const to = afterLoad.kind === 'move' ? afterLoad.to : undefined
  let paid: PaidDebt[] = []
  const write = async () => {
    if (paid.length > 0) await warehouse.payDebts(name, paid)
    paid = []
  }
  for (const debt of (await warehouse.debts(name, signal)).filter(isMine)) {
    if (signal.aborted) break
    const taken = await source.take(debt, to).catch((error: unknown) => {
      if (error instanceof TidemarkError) return undefined
      throw error
    })
    if (taken?.state !== 'taken') continue
    paid.push({ ...debt, movedTo: taken.movedTo })
    if (paid.length >= TOGETHER) await write()
  }
  await write()
}
