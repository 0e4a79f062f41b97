import type { AfterLoad } from '../config/pipeline.ts'
import { messageOf, TidemarkError } from '../errors.ts'
import type { Source } from '../sources/source.ts'
import type { Debt, TriedDebt } from '../warehouse/publication.ts'
import type { LoadContext } from './load-files.ts'
import type { OpenPipeline } from './open-pipelines.ts'

/** Written down together: what is not, after a crash, is found again where it was moved to. */
const TOGETHER = 500

/**
 * Moves, deletes or tags what is loaded, where the config says so. What cannot be stays owed, with the reason, and the load is none the worse; only where the
 * ledger still says that it is owed, and the source still has that version.
 */
export async function payDebts(
  { warehouse }: LoadContext,
  { pipeline, source, view }: OpenPipeline,
  isMine: (debt: Debt) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const { afterLoad, name } = pipeline
  if (afterLoad.kind === 'keep') return
  let tried: TriedDebt[] = []
  const write = async () => {
    if (tried.length > 0) await warehouse.payDebts(name, tried)
    tried = []
  }
  for (const debt of (await warehouse.debts(name, signal)).filter(isMine)) {
    if (signal.aborted) break
    const came = await pay(source, debt, afterLoad)
    if (came?.error === null && !came.stays) view.known.forget(came.path)
    if (came !== undefined && (came.error === null || came.error !== debt.error)) tried.push(came)
    if (tried.length >= TOGETHER) await write()
  }
  await write()
}

async function pay(source: Source, debt: Debt, afterLoad: AfterLoad): Promise<TriedDebt | undefined> {
  try {
    const stays = afterLoad.kind === 'tag'
    const taken = stays
      ? await source.tag?.(debt, afterLoad.tags)
      : await source.take(debt, afterLoad.kind === 'move' ? afterLoad.to : undefined)
    if (taken === undefined) return { ...debt, error: 'this source has no tags' }
    if (taken.state === 'taken') return { ...debt, movedTo: taken.movedTo, stays, error: null }
    return taken.state === 'absent' ? { ...debt, error: 'it is not at its path any more' } : undefined // else a newer version voids it
  } catch (error) {
    if (error instanceof TidemarkError) return { ...debt, error: messageOf(error) }
    throw error
  }
}
