import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { duckdb } from '../../duckdb.ts'
import { messageOf, TidemarkError } from '../../errors.ts'
import { unlessAborted } from '../../unless-aborted.ts'
import { dropPrepared } from './sql.ts'
import { warehouseFailure } from './warehouse-failure.ts'

/** The file is let go after this long without work, so that people can open it. Opening costs 20 ms. */
const IDLE_MS = 500
/** Under steady work it is let go for a moment each second, so that readers get in. */
const HOLD_MS = 1_000
const LET_GO_MS = 50
const RETRY_LOCK_MS = 50
const INTERRUPT_EVERY_MS = 100
/** How long it is silent about another program that holds the file. */
const SILENT_MS = 1_000

/**
 * By itself DuckDB takes four fifths of a machine that is not its own, and keeps in memory what it has written: a worker would grow with the
 * files that it loads. People's questions get more.
 */
const MEMORY = { worker: '512MB', reader: '1GB' }

const LOCKED = /Could not set lock on file|File is already open in|being used by another process/
const HOLDER = /held in (.*?) \(PID (\d+)\)/
/** After these the instance answers nothing any more; what was committed is in the file. */
const DEAD = /database has been invalidated|^(FATAL|INTERNAL) Error|Connection was never established|connection disconnected/i

export interface GateOptions {
  readonly file: string
  /** Opens the file for reading only; it must exist. */
  readonly readOnly?: boolean
  /** Gives up with `WarehouseBusy` when another program holds the file for longer; waits for ever by default. */
  readonly patienceMs?: number
  /** Told, once each time, who holds the file while work waits; undefined when it is free again. */
  readonly onWaiting?: (holder: string | undefined) => void
  /** Runs at each opening, before any work: the file may be another one than last time. */
  readonly prepare?: (connection: DuckDBConnection) => Promise<void>
}

/**
 * The one way to the DuckDB file from this process: one piece of work at a time, in order, because the checks inside a DuckDB
 * transaction are no fence against another one.
 */
export class Gate implements AsyncDisposable {
  /** Two instances of one file in one process lose rows: the second gate is a mistake of ours. */
  static readonly #files = new Set<string>()

  readonly #options: GateOptions
  #queue: Promise<unknown> = Promise.resolve()
  #open: { instance: DuckDBInstance; connection: DuckDBConnection; since: number } | undefined
  #idle: NodeJS.Timeout | undefined
  readonly #ending = new AbortController()

  constructor(options: GateOptions) {
    if (Gate.#files.has(options.file)) throw new Error(`${options.file} is already open in this process`)
    Gate.#files.add(options.file)
    this.#options = options
  }

  /** Runs `work` when its turn comes; an abort ends the waiting, however long the ones before it last, and interrupts the work. */
  run<T>(work: (connection: DuckDBConnection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#queue
    const turn = before.then(() => this.#take(work, signal))
    this.#queue = turn.catch(() => undefined)
    return signal === undefined ? turn : unlessAborted(before, signal).then(() => turn)
  }

  /** What is queued is still done, unless somebody else holds the file: that may last for ever. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort()
    await this.#queue
    await this.#letGo()
    Gate.#files.delete(this.#options.file)
  }

  async #take<T>(work: (connection: DuckDBConnection) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted()
    clearTimeout(this.#idle)
    const { connection, since } = this.#open ?? (await this.#acquire(signal))
    const interruption = interruptWhenAborted(connection, signal)
    try {
      return await work(connection)
    } catch (error) {
      // A rollback may have been interrupted too: closing is one for certain.
      if (signal?.aborted || DEAD.test(messageOf(error))) this.#close()
      signal?.throwIfAborted()
      throw warehouseFailure(error, this.#options.file)
    } finally {
      interruption.end()
      if (performance.now() - since > HOLD_MS) {
        await this.#letGo()
        await delay(LET_GO_MS)
      }
      this.#idle = setTimeout(() => {
        this.#queue = this.#queue.then(() => this.#letGo())
      }, IDLE_MS)
    }
  }

  async #acquire(signal: AbortSignal | undefined) {
    const { file, readOnly, patienceMs = Number.POSITIVE_INFINITY, onWaiting, prepare } = this.#options
    const started = performance.now()
    let told = false
    for (;;) {
      try {
        if (!readOnly) await mkdir(dirname(file), { recursive: true })
        const instance = await duckdb().DuckDBInstance.create(file, {
          access_mode: readOnly ? 'READ_ONLY' : 'READ_WRITE',
          memory_limit: readOnly ? MEMORY.reader : MEMORY.worker,
        })
        const connection = await instance.connect()
        this.#open = { instance, connection, since: performance.now() }
        if (told) onWaiting?.(undefined)
        await connection.run("SET TimeZone = 'UTC'")
        await prepare?.(connection)
        return this.#open
      } catch (error) {
        if (this.#open) this.#close() // it opened, but could not be prepared
        if (!LOCKED.test(messageOf(error))) throw warehouseFailure(error, file)
        const waited = performance.now() - started
        if (waited > patienceMs || this.#ending.signal.aborted)
          throw new TidemarkError('WarehouseBusy', `${file} is held by ${holderOf(error)}; close it there and try again`)
        if (!told && waited > SILENT_MS) {
          told = true
          onWaiting?.(holderOf(error))
        }
        await delay(RETRY_LOCK_MS, undefined, { signal })
      }
    }
  }

  /** What closing would write into the file, while nothing else of this process could go on, is written before. */
  async #letGo(): Promise<void> {
    if (!this.#options.readOnly) await this.#open?.connection.run('CHECKPOINT').catch(() => undefined) // closing tries it again
    this.#close()
  }

  #close(): void {
    clearTimeout(this.#idle)
    if (this.#open) dropPrepared(this.#open.connection)
    this.#open?.connection.closeSync()
    this.#open?.instance.closeSync()
    this.#open = undefined
  }
}

/** Again and again: an interrupt between two statements stops neither. */
function interruptWhenAborted(connection: DuckDBConnection, signal: AbortSignal | undefined): { end(): void } {
  let again: NodeJS.Timeout | undefined
  const interrupt = () => {
    connection.interrupt()
    again = setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS)
  }
  if (signal?.aborted) interrupt()
  else signal?.addEventListener('abort', interrupt)
  return {
    end() {
      signal?.removeEventListener('abort', interrupt)
      clearInterval(again)
    },
  }
}

function holderOf(error: unknown): string {
  const [, program, pid] = HOLDER.exec(messageOf(error)) ?? []
  return pid === undefined ? 'another program' : `process ${pid} (${program})`
}
