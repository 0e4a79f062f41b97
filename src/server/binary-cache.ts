import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { requireTemporal } from './installed-binary.ts'

/** The version of the CLI that is fetched where none is installed. It holds server 1.32.0. */
export const CLI_VERSION = '1.9.1'

/** A cached file's name ends with its own SHA-256, so that one which was cut or changed is told from a whole one. */
const NAME_START = `temporal-${CLI_VERSION}-`
const NAME_END = process.platform === 'win32' ? '.exe' : ''

const FETCH_PREFIX = 'fetch-'
/** A folder this old belongs to a process that was killed while it fetched 45 MB. */
const ABANDONED_AFTER_MS = 3_600_000

/** Per user and for all projects, where the platform keeps what may be fetched again. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const home = env.HOME ?? env.USERPROFILE ?? homedir()
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches', 'tidemark')
  if (process.platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'tidemark')
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'tidemark')
}

/** The server that was fetched before. One that is not what it was is removed, and is then fetched again. */
export async function cachedBinary(cache: string): Promise<string> {
  let damaged: string | undefined
  for (const name of await namesIn(cache)) {
    if (!name.startsWith(NAME_START)) continue
    const path = join(cache, name)
    if (name === cachedName(await sha256Of(path))) {
      await requireTemporal(path)
      return path
    }
    await rm(path, { force: true })
    damaged = name
  }
  throw new Error(damaged === undefined ? 'empty' : `${damaged} did not match its SHA-256 and was removed`)
}

/**
 * Lets `fetch` put a binary into a folder of its own and keeps it under its hash: a rename, so that no other process
 * sees half of it. Returns its new path.
 */
export async function addToCache(cache: string, fetch: (folder: string) => Promise<string>): Promise<string> {
  await mkdir(cache, { recursive: true })
  await removeAbandoned(cache)
  const folder = await mkdtemp(join(cache, FETCH_PREFIX))
  try {
    const fetched = await fetch(folder)
    await chmod(fetched, 0o755)
    await requireTemporal(fetched)
    const path = join(cache, cachedName(await sha256Of(fetched)))
    await rename(fetched, path)
    return path
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}

function cachedName(sha256: string): string {
  return `${NAME_START}${sha256}${NAME_END}`
}

async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await namesIn(cache)) {
    if (!name.startsWith(FETCH_PREFIX)) continue
    const path = join(cache, name)
    const found = await stat(path).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS) await rm(path, { recursive: true, force: true })
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
