import { messageOf, TidemarkError } from '../errors.ts'
import type { Source } from '../sources/source.ts'
import type { Debt, TriedDebt } from '../warehouse/warehouse.ts'
import type { LoadContext } from './load-files.ts'
import type { OpenPipeline } from './open-pipelines.ts'

/** Written down together: what is not, after a crash, is found again where it was moved to. */
const TOGETHER = 500

/**
 * Moves or deletes what is loaded, where the config says so. What cannot be stays owed, with the reason, and the load is none the worse; only where the
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
  let tried: TriedDebt[] = []
  const write = async () => {
    if (tried.length > 0) await warehouse.payDebts(name, tried)
    tried = []
  }
  for (const debt of (await warehouse.debts(name, signal)).filter(isMine)) {
    if (signal.aborted) break
    const came = await pay(source, debt, to)
    if (came !== undefined && (came.error === null || came.error !== debt.error)) tried.push(came)
    if (tried.length >= TOGETHER) await write()
  }
  await write()
}

async function pay(source: Source, debt: Debt, to: string | undefined): Promise<TriedDebt | undefined> {
  try {
    const taken = await source.take(debt, to)
    if (taken.state === 'taken') return { ...debt, movedTo: taken.movedTo, error: null }
    return taken.state === 'absent' ? { ...debt, error: 'it is not at its path any more' } : undefined // else a newer version voids it
  } catch (error) {
    if (error instanceof TidemarkError) return { ...debt, error: messageOf(error) }
    throw error
  }
}
