import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { z } from 'zod'
import { systemCodeOf } from '../errors.ts'

/** A process id is given out again after its process is gone; with the time of the start it names one process for ever. */
export const ProcessIdentity = z.object({ pid: z.number().int().positive(), started: z.string().min(1) })
export type ProcessIdentity = z.infer<typeof ProcessIdentity>

const run = promisify(execFile)

/** Undefined when no such process lives. A dead one that its parent has not yet waited for does not live. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const started = await startOf(pid)
  return started === undefined ? undefined : { pid, started }
}

export async function isAlive({ pid, started }: ProcessIdentity): Promise<boolean> {
  return (await startOf(pid)) === started
}

/** When the process began: only to be compared with itself. Letters, digits and `-`, so that it fits in a file's name. */
function startOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return startOnLinux(pid)
  if (process.platform === 'win32') return startOnWindows(pid)
  return startFromPs(pid)
}

async function startOnLinux(pid: number): Promise<string | undefined> {
  let stat: string
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
  // proc_pid_stat(5): the name, in parentheses, may itself hold spaces and parentheses. Field 3 follows it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, ticksSinceBoot] = [fields[0], fields[19]]
  if (state === 'Z' || state === 'X' || ticksSinceBoot === undefined) return undefined
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
  return `${boot.slice(0, 8)}-${ticksSinceBoot}`
}

async function startFromPs(pid: number): Promise<string | undefined> {
  // The answer must not change with the language or the time zone of who asks.
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }
  try {
    const { stdout } = await run('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], { env })
    const [state = '', ...start] = stdout.trim().split(/\s+/)
    return state === '' || state.startsWith('Z') ? undefined : start.join('-').replaceAll(':', '-')
  } catch (error) {
    // `ps` ends with 1 when there is no such process.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 1) return undefined
    throw error
  }
}

async function startOnWindows(pid: number): Promise<string | undefined> {
  const ask = `(Get-Process -Id ${pid} -ErrorAction SilentlyContinue).StartTime.ToFileTimeUtc()`
  const answer = await run('powershell', ['-NoProfile', '-NonInteractive', '-Command', ask]).catch(() => ({ stdout: '' }))
  return answer.stdout.trim() || undefined
}
