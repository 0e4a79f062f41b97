import type { FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2'
import type { CallCount } from '../call-count.ts'
import type { Connection } from './connect.ts'
import { isEndOfFile } from './failures.ts'

/** Each request is small: what has not answered any for so long is lost. */
const SILENT_MS = 60_000
const LOOK_EACH_MS = 5_000
/** A server that does not answer a goodbye is left. */
const ENDS_WITHIN_MS = 2_000

type Answer<T> = (error: Error | null | undefined, value?: T) => void

/** A login whose requests are answered as promises, each counted; many may be under way at once. */
export class Session {
  readonly #connection: Connection
  readonly #waiting = new Set<(error: Error) => void>()
  #lost: Error | undefined
  #heardAt = 0
  readonly #watch: NodeJS.Timeout

  constructor(connection: Connection) {
    this.#connection = connection
    const { client } = connection
    // Without these an error that belongs to no request would end the process.
    client.on('error', (error) => this.#lose(error))
    client.on('close', () => this.#lose(new Error('the connection was lost')))
    connection.sftp.on('error', (error: Error) => this.#lose(error))
    connection.sftp.on('close', () => this.#lose(new Error('the server has ended the session')))
    this.#watch = setInterval(() => this.#assertHeard(), LOOK_EACH_MS).unref()
  }

  get isLost(): boolean {
    return this.#lost !== undefined
  }

  /** Whether the process stays for it. */
  hold(held: boolean): void {
    if (held) this.#connection.socket.ref()
    else this.#connection.socket.unref()
  }

  /** Resolves when it is closed: until then it is one of those that the server counts. */
  async end(): Promise<void> {
    clearInterval(this.#watch)
    const { client, socket } = this.#connection
    socket.unref()
    if (this.isLost) return
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
    client.end()
    const silent = setTimeout(() => client.destroy(), ENDS_WITHIN_MS).unref()
    await closed
    clearTimeout(silent)
  }

  with(calls: CallCount): Requests {
    return new Requests((send) => this.#ask(calls, send))
  }

  /** An answer, or the loss of the connection: one of the two comes. */
  #ask<T>(calls: CallCount, send: (sftp: SFTPWrapper, answer: Answer<T>) => void): Promise<T | undefined> {
    calls.add()
    return new Promise((resolve, reject) => {
      if (this.#lost !== undefined) return reject(this.#lost)
      if (this.#waiting.size === 0) this.#heardAt = performance.now()
      this.#waiting.add(reject)
      send(this.#connection.sftp, (error, value) => {
        this.#waiting.delete(reject)
        this.#heardAt = performance.now()
        if (error) reject(error)
        else resolve(value)
      })
    })
  }

  #assertHeard(): void {
    if (this.#waiting.size === 0 || performance.now() - this.#heardAt < SILENT_MS) return
    this.#lose(new Error(`no answer for ${SILENT_MS / 1000} seconds`))
    this.#connection.client.destroy()
  }

  #lose(error: Error): void {
    clearInterval(this.#watch)
    this.#lost ??= error
    for (const reject of this.#waiting) reject(this.#lost)
    this.#waiting.clear()
  }
}

type Ask = <T>(send: (sftp: SFTPWrapper, answer: Answer<T>) => void) => Promise<T | undefined>

/** What is asked of a server, for one source. */
export class Requests {
  readonly #ask: Ask

  constructor(ask: Ask) {
    this.#ask = ask
  }

  realpath(path: string): Promise<string> {
    return this.#value((sftp, answer) => sftp.realpath(path, answer))
  }

  lstat(path: string): Promise<Stats> {
    return this.#value((sftp, answer) => sftp.lstat(path, answer))
  }

  fstat(handle: Buffer): Promise<Stats> {
    return this.#value((sftp, answer) => sftp.fstat(handle, answer))
  }

  open(path: string): Promise<Buffer> {
    return this.#value((sftp, answer) => sftp.open(path, 'r', answer))
  }

  opendir(path: string): Promise<Buffer> {
    return this.#value((sftp, answer) => sftp.opendir(path, answer))
  }

  /** The next names of an open folder; undefined at its end. */
  async readdir(handle: Buffer): Promise<readonly FileEntryWithStats[] | undefined> {
    try {
      return await this.#value<FileEntryWithStats[]>((sftp, answer) => sftp.readdir(handle, answer))
    } catch (error) {
      if (isEndOfFile(error)) return undefined
      throw error
    }
  }

  /** How many bytes came; 0 at the end of the file. */
  async read(handle: Buffer, into: Buffer, offset: number, length: number, position: number): Promise<number> {
    try {
      return await this.#value<number>((sftp, answer) => sftp.read(handle, into, offset, length, position, answer))
    } catch (error) {
      if (isEndOfFile(error)) return 0
      throw error
    }
  }

  async close(handle: Buffer): Promise<void> {
    await this.#ask((sftp, answer) => sftp.close(handle, answer))
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#ask((sftp, answer) => sftp.rename(from, to, answer))
  }

  async unlink(path: string): Promise<void> {
    await this.#ask((sftp, answer) => sftp.unlink(path, answer))
  }

  async mkdir(path: string): Promise<void> {
    await this.#ask((sftp, answer) => sftp.mkdir(path, answer))
  }

  async rmdir(path: string): Promise<void> {
    await this.#ask((sftp, answer) => sftp.rmdir(path, answer))
  }

  async #value<T>(send: (sftp: SFTPWrapper, answer: Answer<T>) => void): Promise<T> {
    const value = await this.#ask<T>(send)
    if (value === undefined) throw new Error('an answer without what was asked for')
    return value
  }
}
