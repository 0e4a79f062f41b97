import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createJiti } from 'jiti'
import { messageOf, TidemarkError } from '../errors.ts'
import { parseConfig } from './parse.ts'
import type { Config } from './pipeline.ts'
import { USUAL_NAMES } from './usual-names.ts'

/**
 * Runs a config file, in any folder, and checks what it exports. `import … from 'tidemark'` in it means the running package.
 * @throws TidemarkError ConfigInvalid, UsageError when there is no file
 */
export async function loadConfig(file?: string): Promise<Config> {
  const path = file === undefined ? defaultFile() : resolve(file)
  if (!existsSync(path)) throw new TidemarkError('UsageError', `no config at ${path}; name one with --config FILE`)
  return parseConfig(await runConfig(path), path)
}

function defaultFile(): string {
  const found = configInFolder()
  if (found !== undefined) return found
  throw new TidemarkError(
    'UsageError',
    `no tidemark.config.ts in ${process.cwd()}; go to its folder, or name one with --config FILE`,
  )
}

/** The config of the current folder, by its usual names. */
export function configInFolder(): string | undefined {
  return USUAL_NAMES.map((name) => resolve(name)).find((path) => existsSync(path))
}

async function runConfig(path: string): Promise<unknown> {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const entry = fileURLToPath(new URL(`../index.${ending}`, import.meta.url))
  // What it compiles it keeps: the compiler alone takes a quarter of a second to load.
  const state = join(dirname(path), '.tidemark')
  const fsCache = existsSync(state) && join(state, 'compiled')
  const jiti = createJiti(import.meta.url, { alias: { tidemark: entry }, fsCache, moduleCache: false })
  try {
    return await jiti.import(path, { default: true })
  } catch (error) {
    throw new TidemarkError('ConfigInvalid', `${path} could not be run: ${messageOf(error)}`, { cause: error })
  }
}
