import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Another process, for as long as a test needs it. */
export class Program implements AsyncDisposable {
  readonly child: ChildProcess
  #output = ''

  private constructor(child: ChildProcess) {
    this.child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.#output += String(chunk)
      })
    }
  }

  /** Runs a TypeScript program beside the test, given its URL. */
  static start(program: URL, args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
    return Program.#spawn(process.execPath, ['--import', 'jiti/register', fileURLToPath(program), ...args], env)
  }

  /** Likewise, where no file may grow above a number of blocks of 512 bytes. */
  static startInLittleRoom(program: URL, args: readonly string[], blocks: number): Program {
    const node = [process.execPath, '--import', 'jiti/register', fileURLToPath(program), ...args]
    return Program.#spawn('sh', ['-c', `ulimit -S -f ${blocks}; exec "$@"`, 'sh', ...node])
  }

  static #spawn(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
    return new Program(spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } }))
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  /** All that it has printed. */
  get output(): string {
    return this.#output
  }

  /** Waits until it has printed this; its end without it is an error. */
  async printed(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`expected '${text}', got the end of the program: ${this.#output}`)
      if (this.child.stdout === null) throw new Error('expected an output')
      await Promise.race([once(this.child.stdout, 'data'), once(this.child, 'exit')])
    }
  }

  send(text: string): void {
    this.child.stdin?.write(text)
  }

  /** Its exit code, when it has ended. */
  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit')
    return this.child.exitCode
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.child.kill(signal)
    await this.ended()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}
