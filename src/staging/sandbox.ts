import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { messageOf } from '../errors.ts'
import { literalPath, quotedText } from '../sql-text.ts'

/** Staging shares the machine with the warehouse and with other loads. */
const THREADS = '2'
const MEMORY = '1GB'
const SPILL = '20GB'
const INTERRUPT_EACH_MS = 100

/** The file in hand killed the database that reads it. */
export class SandboxDied extends Error {
  override readonly name = 'SandboxDied'
}

/**
 * A DuckDB in memory for files that nobody has vouched for: it reads and writes one folder and nothing else, and is
 * replaced when a file kills it.
 */
export class Sandbox {
  readonly #folder: string
  readonly #signal: AbortSignal
  #open: { readonly instance: DuckDBInstance; readonly connection: DuckDBConnection } | undefined

  constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder
    this.#signal = signal
  }

  /**
   * An abort interrupts what runs.
   * @throws SandboxDied when the database does not live through `work`; whatever `work` throws
   */
  async run<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted()
    this.#open ??= await this.#start()
    const { connection } = this.#open
    let again: NodeJS.Timeout | undefined
    const interrupt = () => {
      connection.interrupt()
      // It is lost on a connection that is just between two queries.
      again ??= setInterval(interrupt, INTERRUPT_EACH_MS)
    }
    this.#signal.addEventListener('abort', interrupt)
    if (this.#signal.aborted) interrupt() // while it was started
    try {
      return await work(connection)
    } catch (error) {
      this.#signal.throwIfAborted()
      if (!isDeadly(error)) throw error
      this.close()
      throw new SandboxDied(duckdbErrorKind(error))
    } finally {
      this.#signal.removeEventListener('abort', interrupt)
      clearInterval(again)
    }
  }

  close(): void {
    this.#open?.connection.closeSync()
    this.#open?.instance.closeSync()
    this.#open = undefined
  }

  async #start() {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: THREADS,
      memory_limit: MEMORY,
      temp_directory: join(this.#folder, 'spill'),
      max_temp_directory_size: SPILL,
    })
    const connection = await instance.connect()
    // DuckDB takes a folder's name for a pattern too, so `parse` escapes it; what the pattern finds is looked at as well.
    const folders = [this.#folder, literalPath(this.#folder)].map(quotedText).join(', ')
    // In this order: the first cannot be set after the second, and the last makes both of them stay.
    await connection.run(
      `SET TimeZone='UTC'; SET allowed_directories=[${folders}]; SET enable_external_access=false; SET lock_configuration=true`,
    )
    return { instance, connection }
  }
}

/** The kind of a DuckDB error, such as 'Conversion Error'. The text behind it may repeat cells. */
export function duckdbErrorKind(error: unknown): string {
  return /^[A-Za-z -]{1,40}(?=: )/.exec(messageOf(error))?.[0] ?? 'DuckDB error'
}

function isDeadly(error: unknown): boolean {
  return ['INTERNAL Error', 'FATAL Error'].includes(duckdbErrorKind(error)) || messageOf(error).includes('has been invalidated')
}
