import { spawn } from 'node:child_process'
import { messageOf, systemCodeOf } from '../errors.ts'
import type { Alert } from './alert.ts'
import { DeliveryFailure } from './delivery-failure.ts'

const ENDS_WITHIN_MS = 30_000

export interface CommandHook {
  readonly command: readonly string[]
  /** Where it runs, and what its path is relative to. */
  readonly folder: string
}

/**
 * Runs a program with an alert as JSON on its input and in `TIDEMARK_…` variables. No shell reads any of it, and nobody its output.
 * @throws DeliveryFailure
 */
export async function runCommandHook(alert: Alert, { command, folder }: CommandHook, signal: AbortSignal): Promise<void> {
  const [program = '', ...args] = command
  const failed = (why: string) => new DeliveryFailure(`${program} ${why}`, { retryable: true })
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, ...variables(alert) },
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: ENDS_WITHIN_MS,
      killSignal: 'SIGKILL',
      signal,
    })
    child.once('error', (error) => reject(failed(`cannot be run: ${systemCodeOf(error) ?? messageOf(error)}`)))
    child.once('exit', (code, killedBy) => {
      if (code === 0) resolve()
      else reject(failed(code === null ? `was ended by ${killedBy}` : `ended with ${code}`))
    })
    child.stdin.on('error', () => undefined) // it need not read it
    child.stdin.end(`${JSON.stringify(alert)}\n`)
  })
}

function variables(alert: Alert): Record<string, string> {
  return Object.fromEntries(
    // A variable cannot hold a zero byte, which a reason might.
    Object.entries(alert).map(([name, value]) => [`TIDEMARK_${name.toUpperCase()}`, String(value ?? '').replaceAll('\0', '')]),
  )
}
