import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { TidemarkError } from '../errors.ts'
import { packageRoot } from '../package-root.ts'
import { type ApartAnswer, type ApartRequest, isAnswer } from './apart-messages.ts'

/** What it says of a file. */
export type Read = Exclude<ApartAnswer, { kind: 'ready' }>

/** How a process ended without an answer. */
export interface Death {
  readonly kind: 'died'
  readonly how: string
}

/** A process that reads files, one at a time, until it is disposed of or dies of one. */
export class Reader implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #ended: Promise<string>
  readonly #ready: Promise<ApartAnswer>
  readonly #signal: AbortSignal
  readonly #kill = () => this.#child.kill('SIGKILL')
  #reads = 0

  /** An abort ends it. Its output may repeat cells: nobody gets it. */
  constructor(signal: AbortSignal) {
    signal.throwIfAborted()
    this.#child = fork(join(packageRoot(), 'dist', 'src', 'staging', 'apart-process.js'), {
      env: process.env,
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.#ended = new Promise((done, failed) => {
      this.#child.once('error', ({ message }) => failed(notStarted(message)))
      this.#child.once('exit', (code, signal) => done(signal ?? `exit code ${code}`))
    })
    this.#ended.catch(() => undefined) // who waits for it is told
    this.#ready = this.#answer()
    this.#signal = signal
    signal.addEventListener('abort', this.#kill)
  }

  /** It has read nothing yet: what it dies of is the file that it is given, and not what another one has left behind in its memory. */
  get isFresh(): boolean {
    return this.#reads === 0
  }

  /** @throws TidemarkError StagingFailed when it cannot even start; the signal's reason when it aborts */
  async read(request: ApartRequest): Promise<Read | Death> {
    const ready = await Promise.race([this.#ready, this.#ended])
    this.#signal.throwIfAborted()
    if (typeof ready === 'string') throw notStarted(ready)
    this.#reads++
    const answered = this.#answer()
    this.#child.send({ ...request }, () => undefined) // one that has died meanwhile is told by its end
    const answer = await Promise.race([answered, this.#ended])
    this.#signal.throwIfAborted()
    if (typeof answer === 'string') return { kind: 'died', how: answer }
    if (answer.kind === 'ready') throw new Error('expected an answer of the process that reads')
    return answer
  }

  /** Ends when the process has: what it was writing is then nobody's. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.connected) this.#child.disconnect()
    await this.#ended.catch(() => undefined)
    this.#signal.removeEventListener('abort', this.#kill)
  }

  #answer(): Promise<ApartAnswer> {
    return new Promise((done) => {
      const take = (message: unknown) => {
        if (!isAnswer(message)) return
        this.#child.off('message', take)
        done(message)
      }
      this.#child.on('message', take)
    })
  }
}

function notStarted(why: string): TidemarkError {
  return new TidemarkError('StagingFailed', `no process can be started to read a file in: ${why}`)
}
