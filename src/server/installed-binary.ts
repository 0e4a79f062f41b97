import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { messageOf, systemCodeOf } from '../errors.ts'

export const BINARY_NAME = process.platform === 'win32' ? 'temporal.exe' : 'temporal'

/** It answers within 50 ms; this is for a machine under load. */
const VERSION_TIMEOUT_MS = 10_000

const run = promisify(execFile)

/** The first `temporal` on PATH. It is an error if that one does not run. */
export async function binaryOnPath(env: NodeJS.ProcessEnv): Promise<string> {
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, BINARY_NAME)
    if (!(await isExecutable(path))) continue
    await requireTemporal(path)
    return path
  }
  throw new Error('not found')
}

/** Throws unless the file is the Temporal CLI, and runs on this machine. */
export async function requireTemporal(path: string): Promise<void> {
  let output: string
  try {
    const { stdout } = await run(path, ['--version'], { timeout: VERSION_TIMEOUT_MS })
    output = stdout
  } catch (error) {
    const reason = systemCodeOf(error) === 'ENOENT' ? 'it does not exist' : `it does not run (${messageOf(error).trim()})`
    throw new Error(`${path}: ${reason}`, { cause: error })
  }
  if (!output.startsWith('temporal version ')) {
    throw new Error(`${path}: expected \`--version\` to answer "temporal version ...", got "${output.trim().slice(0, 80)}"`)
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
