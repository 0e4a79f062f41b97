import { lstat, realpath } from 'node:fs/promises'
import { systemCodeOf, TidemarkError } from '../../errors.ts'
import { folderUnavailable } from './failures.ts'

/** The source's folder as it was found: its real path, so that what leads out of it can be told. */
export interface Root {
  readonly folder: string
  readonly real: Buffer
  readonly dev: bigint
  readonly ino: bigint
}

export async function openRoot(folder: string): Promise<Root> {
  try {
    const real = await realpath(folder, { encoding: 'buffer' })
    const stats = await lstat(real, { bigint: true })
    if (stats.isDirectory()) return { folder, real, dev: stats.dev, ino: stats.ino }
  } catch (error) {
    throw folderUnavailable(folder, error)
  }
  throw new TidemarkError(
    'SourceUnavailable',
    `Expected ${folder} to be a folder, got something else. Put a folder there, or correct the folder of \`source\` in the config.`,
  )
}

/** Everything below a root that vanished in mid-listing looks deleted one by one; this tells it apart. */
export async function assertStillThere(root: Root): Promise<void> {
  if (await isSame(root)) return
  throw new TidemarkError(
    'SourceUnavailable',
    `Expected ${root.folder} to stay in its place while it was listed, got another folder there. The next listing sees what it holds.`,
  )
}

/** For watching: false as soon as the folder that was opened is no longer the one at its path. */
export async function isStillThere(root: Root): Promise<boolean> {
  try {
    return await isSame(root)
  } catch (error) {
    // A disk that stammers is no proof that the folder is gone.
    return !(error instanceof TidemarkError) || !['ENOENT', 'ENOTDIR', undefined].includes(systemCodeOf(error.cause))
  }
}

async function isSame(root: Root): Promise<boolean> {
  const now = await openRoot(root.folder)
  return now.real.equals(root.real) && now.dev === root.dev && now.ino === root.ino
}

export function contains(root: Root, real: Buffer): boolean {
  if (real.equals(root.real)) return true
  const prefix = root.real.toString('latin1')
  return real.toString('latin1').startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)
}
