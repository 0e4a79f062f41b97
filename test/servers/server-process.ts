import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const UP_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 20
const MOST_OF_LOG = 4_000

/** A line asks the server to end. When the pipe from the test breaks it is ended, with all that it has started: whatever kills a test run leaves no server behind. */
const TIED_TO_PARENT = `end() {
  for child in $(cat "/proc/$1/task/$1/children"); do end "$child"; done
  kill -9 "$1"
}
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(while read -r _ <&3; do kill "$server"; done; end "$server" 2>/dev/null) &
wait "$server"`

export interface ServerCommand {
  readonly program: string
  readonly args: readonly string[]
  /** Where it listens; one that listens at no port says by `answers` that it is up. */
  readonly port?: number
  readonly env?: Readonly<Record<string, string>>
  /** Whether it answers; by default that its port is open is enough. */
  readonly answers?: () => Promise<boolean>
}

/** A real server on a port of this machine alone. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  #log = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => {
        this.#log = (this.#log + text.toString()).slice(-MOST_OF_LOG)
      })
  }

  static async start({ program, args, port, env = {}, answers }: ServerCommand): Promise<ServerProcess> {
    const child = spawn('sh', ['-c', TIED_TO_PARENT, 'sh', program, ...args], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const server = new ServerProcess(child)
    const end = performance.now() + UP_WITHIN_MS
    while (!((port === undefined || (await isOpen(port))) && (answers === undefined || (await answers())))) {
      if (child.exitCode !== null) throw new Error(`${program} has ended: ${server.#log}`)
      if (performance.now() > end) throw new Error(`${program} does not answer on port ${port}: ${server.#log}`)
      await delay(LOOK_EVERY_MS)
    }
    return server
  }

  /** What it has said last. */
  get log(): string {
    return this.#log
  }

  /** As an operator would: it may write down what it has. */
  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.stdin?.write('\n')
    await ended
    this.#child.stdin?.end()
  }

  /** At once, as a crash would. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.stdin?.end()
    await ended
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
