import { dirname, join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { messageOf } from '../errors.ts'
import { keepDatabase, type SandboxDatabase, startDatabase, takeDatabase } from './sandbox-database.ts'

const INTERRUPT_EACH_MS = 100

/** The file in hand killed the database that reads it. */
export class SandboxDied extends Error {
  override readonly name = 'SandboxDied'
}

export interface SandboxRequest {
  /** What is read and written is in here. */
  readonly folder: string
  /** What is read is small: then it shares a database, which may read all that lies beside `folder`, with who comes next. */
  readonly isSmall: boolean
  readonly signal: AbortSignal
}

/** A DuckDB of its own for files that nobody has vouched for: it reaches no other folder, and is replaced when a file kills it. */
export class Sandbox {
  readonly #request: SandboxRequest
  #database: SandboxDatabase | undefined

  constructor(request: SandboxRequest) {
    this.#request = request
  }

  /**
   * An abort interrupts what runs.
   * @throws SandboxDied when the database does not live through `work`; whatever `work` throws
   */
  async run<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const { signal } = this.#request
    signal.throwIfAborted()
    this.#database ??= await this.#start()
    const { connection } = this.#database
    let again: NodeJS.Timeout | undefined
    const interrupt = () => {
      connection.interrupt()
      // It is lost on a connection that is just between two queries.
      again ??= setInterval(interrupt, INTERRUPT_EACH_MS)
    }
    signal.addEventListener('abort', interrupt)
    if (signal.aborted) interrupt() // while it was started
    try {
      return await work(connection)
    } catch (error) {
      signal.throwIfAborted()
      if (!isDeadly(error)) throw error
      this.#end()
      throw new SandboxDied(duckdbErrorKind(error))
    } finally {
      signal.removeEventListener('abort', interrupt)
      clearInterval(again)
    }
  }

  close(): void {
    const { folder, isSmall, signal } = this.#request
    const mayFollow = isSmall && !signal.aborted // else an interrupt may still be on its way
    if (mayFollow && this.#database !== undefined) keepDatabase(dirname(folder), this.#database)
    else this.#database?.close()
    this.#database = undefined
  }

  #end(): void {
    this.#database?.close()
    this.#database = undefined
  }

  #start(): Promise<SandboxDatabase> {
    const { folder, isSmall } = this.#request
    return isSmall ? takeDatabase(dirname(folder)) : startDatabase(folder, join(folder, 'spill'))
  }
}

/** The kind of a DuckDB error, such as 'Conversion Error'. The text behind it may repeat cells. */
export function duckdbErrorKind(error: unknown): string {
  return /^[A-Za-z -]{1,40}(?=: )/.exec(messageOf(error))?.[0] ?? 'DuckDB error'
}

function isDeadly(error: unknown): boolean {
  return ['INTERNAL Error', 'FATAL Error'].includes(duckdbErrorKind(error)) || messageOf(error).includes('has been invalidated')
}
