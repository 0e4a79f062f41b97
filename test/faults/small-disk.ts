import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { systemCodeOf } from '../../src/errors.ts'

const run = promisify(execFile)
const CHUNK = Buffer.alloc(64 * 1024, 1)

/** A disk of some megabytes, in memory. */
export class SmallDisk implements AsyncDisposable {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  /** Undefined where this process may not mount one. */
  static async mount(folder: string, megabytes: number): Promise<SmallDisk | undefined> {
    await mkdir(folder)
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
      return new SmallDisk(folder)
    } catch {
      return undefined
    }
  }

  async fill(): Promise<void> {
    try {
      for (;;) await writeFile(join(this.folder, 'ballast'), CHUNK, { flag: 'a' })
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOSPC') throw error
    }
  }

  async makeRoom(): Promise<void> {
    await rm(join(this.folder, 'ballast'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('umount', ['--lazy', this.folder])
  }
}
