import { lstat, realpath } from 'node:fs/promises'
import { systemCodeOf, TidemarkError } from '../../errors.ts'
import { folderUnavailable } from './failures.ts'

/** The source's folder as it was found: its real path, so that what leads out of it can be told. */
export interface Root {
  readonly folder: string
  readonly real: Buffer
  readonly dev: bigint
  readonly ino: bigint
  readonly bornNs: bigint
}

export async function openRoot(folder: string): Promise<Root> {
  try {
    const real = await realpath(folder, { encoding: 'buffer' })
    const stats = await lstat(real, { bigint: true })
    if (stats.isDirectory()) return { folder, real, dev: stats.dev, ino: stats.ino, bornNs: stats.birthtimeNs }
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
  if (isSame(root, await openRoot(root.folder))) return
  throw new TidemarkError(
    'SourceUnavailable',
    `Expected ${root.folder} to stay in its place while it was listed, got another folder there. The next listing sees what it holds.`,
  )
}

/** For watching: false as soon as the folder that was opened is no longer the one at its path. */
export async function isStillThere(root: Root): Promise<boolean> {
  try {
    const now = await openRoot(root.folder)
    // A folder that was deleted and made again often gets its old inode.
    return isSame(root, now) && now.bornNs === root.bornNs
  } catch (error) {
    // A disk that stammers is no proof that the folder is gone.
    return !(error instanceof TidemarkError) || !['ENOENT', 'ENOTDIR', undefined].includes(systemCodeOf(error.cause))
  }
}

function isSame(root: Root, now: Root): boolean {
  return now.real.equals(root.real) && now.dev === root.dev && now.ino === root.ino
}

export function contains(root: Root, real: Buffer): boolean {
  if (real.equals(root.real)) return true
  const prefix = root.real.toString('latin1')
  return real.toString('latin1').startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)
}
