import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Listed, Source } from '../sources/source.ts'
import type { Sandbox } from '../staging/sandbox.ts'
import { SandboxDied } from '../staging/sandbox.ts'
import { type Sample, takeSample } from './sample.ts'

export interface Sampling {
  readonly source: Pick<Source, 'open'>
  readonly listed: ReadonlyMap<string, Listed>
  /** For the copies; the sandbox reaches no other. */
  readonly folder: string
  readonly sandbox: Sandbox
  readonly signal: AbortSignal
}

/** Copies files of a folder to where a database may read them. */
export class Sampler {
  readonly #sampling: Sampling
  #taken = 0

  constructor(sampling: Sampling) {
    this.#sampling = sampling
  }

  get signal(): AbortSignal {
    return this.#sampling.signal
  }

  /** At most so many bytes of a file, or why it cannot be loaded. */
  async take(path: string, most: number): Promise<Sample | string> {
    const { source, listed, signal } = this.#sampling
    signal.throwIfAborted()
    const found = listed.get(path)
    return found === undefined ? 'is gone' : takeSample(source, found, this.newPath(), most)
  }

  /** A name that nothing has, without an ending. */
  newPath(): string {
    this.#taken += 1
    return join(this.#sampling.folder, `sample-${this.#taken}`)
  }

  /** What `work` comes to, or undefined when the file in hand kills the database. */
  async run<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#sampling.sandbox.run(work)
    } catch (error) {
      if (error instanceof SandboxDied) return undefined
      throw error
    }
  }

  /** The first, the last and the largest file, and others from between. */
  choose<T extends { readonly path: string }>(files: readonly T[], most: number): T[] {
    const sizeOf = ({ path }: T) => this.#sampling.listed.get(path)?.size ?? 0
    const spread = Array.from({ length: most }, (_, index) => files[Math.round((index * (files.length - 1)) / (most - 1))])
    const largest = files.reduce((one, other) => (sizeOf(other) > sizeOf(one) ? other : one))
    const chosen = new Set([files[0], files.at(-1), largest, ...spread])
    return [...chosen].filter((file) => file !== undefined).slice(0, most)
  }
}
