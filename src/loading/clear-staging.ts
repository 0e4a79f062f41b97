import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCodeOf } from '../errors.ts'
import type { LoadContext } from './load-files.ts'

/**
 * Removes what killed loads have staged. A load claims before it stages, and its claim stands until it ends: so a folder that was there
 * before the claims were read, and has none, is nobody's. That of a claim which still stands is for a later start.
 */
export async function clearStaging({ warehouse, stagingFolder }: LoadContext): Promise<void> {
  const folders = await foldersIn(stagingFolder)
  if (folders.length === 0) return
  const standing = new Set(await warehouse.claims())
  for (const claim of folders) {
    if (!standing.has(claim)) await rm(join(stagingFolder, claim), { recursive: true, force: true })
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return []
    throw error
  }
}
