import type { Listed } from '../sources/source.ts'
import type { Staged } from '../staging/staged.ts'

/** How far the reading of a load's files is. */
export interface ReadingProgress {
  readonly files: number
  /** Read, checked, and good. */
  readonly done: number
  readonly held: number
  /** Could not be read. */
  readonly failed: number
  readonly bytes: number
  readonly bytesRead: number
  /** Since the first byte. */
  readonly workedMs: number
}

/** What a load waits for before it reads. */
export interface Settling {
  /** Files that must stay as they are. */
  readonly settling: number
  /** For how long. */
  readonly settleMs: number
}

/** Kept by a load, which counts what it reads; told by its heartbeats. */
export class Reading {
  #files = 0
  #bytes = 0
  #bytesRead = 0
  #begunAt: number | undefined
  #settling: Settling | undefined
  readonly #verdicts = { good: 0, same: 0, held: 0, unreadable: 0 }

  settle(settling: number, settleMs: number): void {
    this.#settling = { settling, settleMs }
  }

  begin(files: readonly Pick<Listed, 'size'>[]): void {
    this.#begunAt = performance.now()
    this.#files = files.length
    this.#bytes = files.reduce((sum, { size }) => sum + size, 0)
  }

  read(bytes: number): void {
    this.#bytesRead += bytes
  }

  staged({ verdict }: Pick<Staged, 'verdict'>): void {
    this.#verdicts[verdict] += 1
  }

  /** For heartbeats; undefined before there is anything to wait for or to read. */
  get step(): ReadingProgress | Settling | undefined {
    return this.progress ?? this.#settling
  }

  /** Undefined before it has begun: files settle, or there is none to read. */
  get progress(): ReadingProgress | undefined {
    if (this.#begunAt === undefined) return undefined
    const { good, same, held, unreadable } = this.#verdicts
    return {
      files: this.#files,
      done: good + same,
      held,
      failed: unreadable,
      bytes: this.#bytes,
      bytesRead: this.#bytesRead,
      workedMs: performance.now() - this.#begunAt,
    }
  }
}
