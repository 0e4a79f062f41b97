import { type FileHandle, open } from 'node:fs/promises'
import { messageOf, TidemarkError } from '../errors.ts'

/** A file in the staging folder. What goes wrong with it is this machine's fault, never that of the file that is loaded. */
export class StagingFile {
  readonly path: string
  bytes = 0
  readonly #handle: FileHandle

  private constructor(path: string, handle: FileHandle) {
    this.path = path
    this.#handle = handle
  }

  static async create(path: string): Promise<StagingFile> {
    return new StagingFile(path, await staging(() => open(path, 'wx')))
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (chunk.length === 0) return
    await staging(() => this.#handle.writeFile(chunk))
    this.bytes += chunk.length
  }

  async close(): Promise<void> {
    await staging(() => this.#handle.close())
  }
}

/** @throws TidemarkError StagingFailed for whatever `work` throws */
export async function staging<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new TidemarkError('StagingFailed', `the staging folder cannot be used: ${messageOf(error)}`)
  }
}
