import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCodeOf } from '../errors.ts'
import type { Run } from '../warehouse/claim.ts'
import { FIRST_SWEEP } from './begin.ts'
import type { LoadContext } from './load-files.ts'

/**
 * Ends the claims that killed loads have left and whose run has closed: the file that they were for may be gone, and then no load ever
 * takes them over. Removes what was staged for them. A load claims before it stages, and its claim stands until it ends: so a folder
 * that was there before the claims were read, and has none, is nobody's.
 */
export async function clearStaging(
  { warehouse, stagingFolder }: LoadContext,
  isOpen: (run: Run) => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  if ((await warehouse.generation()) === undefined) return // none was made yet, and this is no reason to
  const folders = await foldersIn(stagingFolder)
  signal.throwIfAborted()
  const live = new Set<string>()
  for (const standing of await warehouse.claims()) {
    signal.throwIfAborted()
    if (await isOpen(standing)) live.add(standing.claim)
    else await warehouse.release(standing.pipeline, standing.claim, signal)
  }
  for (const claim of folders) {
    if (!live.has(claim)) await rm(join(stagingFolder, claim), { recursive: true, force: true })
  }
}

/** After a claim that takes over from loads that have died: what they had staged has no claim any more. */
export async function clearAbandoned(
  { warehouse, stagingFolder }: LoadContext,
  deaths: ReadonlyMap<string, number>,
): Promise<void> {
  if ([...deaths.values()].every((count) => count === 0)) return
  // The folder of a first sweep is no claim's, and in use.
  const folders = (await foldersIn(stagingFolder)).filter((name) => !name.startsWith(FIRST_SWEEP))
  const standing = new Set((await warehouse.claims()).map(({ claim }) => claim))
  for (const claim of folders) if (!standing.has(claim)) await rm(join(stagingFolder, claim), { recursive: true, force: true })
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return []
    throw error
  }
}
