import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { HOST, type Ports } from './ports.ts'

/** What a program needs of the environment on the one or the other platform. None of it is Temporal's or a secret. */
const KEPT_VARIABLES = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'TZ', 'LANG', 'SystemRoot', 'LOCALAPPDATA']

const TAIL_LINES = 10

const run = promisify(execFile)

export interface ServerCommand extends Ports {
  readonly binary: string
  readonly stateFolder: string
  readonly namespace: string
  readonly env: NodeJS.ProcessEnv
}

export interface ServerProcess {
  readonly pid: number
  /** How it ended, when it has. */
  readonly exited: Promise<string>
}

/** Starts the dev server; it may end at once, and then its log says why. */
export async function spawnServer(command: ServerCommand): Promise<ServerProcess> {
  const args = await argumentsFor(command)
  const log = await freshLog(command.stateFolder)
  try {
    const child = spawn(command.binary, args, {
      // The database's name is a part of an URL in there: with a `?` or `#` in the folder's name it would be another file.
      cwd: command.stateFolder,
      env: cleanEnvironment(command),
      // A process group of its own: Ctrl-C in the terminal must not end the server before the worker has drained.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      windowsHide: true,
    })
    const exited = exitOf(child)
    await once(child, 'spawn')
    if (child.pid === undefined) throw new Error(`expected ${command.binary} to have a process id`)
    return { pid: child.pid, exited }
  } finally {
    await log.close()
  }
}

export async function tailOfLog(stateFolder: string): Promise<string> {
  const text = await readFile(logIn(stateFolder), 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n')
}

export function logIn(stateFolder: string): string {
  return join(stateFolder, 'temporal.log')
}

async function argumentsFor({ binary, namespace, port, uiPort }: ServerCommand): Promise<string[]> {
  const { stdout: help } = await run(binary, ['server', 'start-dev', '--help']).catch(() => ({ stdout: '' }))
  const args = ['server', 'start-dev', '--db-filename', 'temporal.db']
  args.push('--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal')
  args.push('--ip', HOST, '--port', String(port), '--ui-port', String(uiPort))
  args.push('--namespace', namespace, '--log-level', 'error')
  // Older ones have no news, and no such flag.
  if (help.includes('--ui-disable-news-fetch')) args.push('--ui-disable-news-fetch')
  return args
}

function cleanEnvironment({ stateFolder, env }: ServerCommand): NodeJS.ProcessEnv {
  const kept = KEPT_VARIABLES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))
  // The CLI reads its own config from the home folder; the server's version check would ask the internet.
  return { ...Object.fromEntries(kept), HOME: stateFolder, TEMPORAL_VERSION_CHECK_DISABLED: '1' }
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`),
    )
  })
}

/** One log a start: its tail then speaks of this start, and it does not grow for ever. The one before is kept. */
async function freshLog(stateFolder: string) {
  const file = logIn(stateFolder)
  const former = join(stateFolder, 'temporal.previous.log')
  await rm(former, { force: true })
  await rename(file, former).catch(() => {})
  return open(file, 'w')
}
