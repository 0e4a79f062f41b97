import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { PipelineInput } from '../../src/config/schema.ts'
import type { Place } from './contract.ts'

/** A folder of files that a server shows, and what is done to it on its own disk. */
export class FilesGround {
  readonly files: string
  readonly #give: (path: string) => Promise<void>
  #places = 0

  constructor(files: string, give: (path: string) => Promise<void> = async () => undefined) {
    this.files = files
    this.#give = give
  }

  async place(source: (folder: string, host?: string) => PipelineInput['source']): Promise<Place> {
    const name = `place ${++this.#places}+é`
    await this.makeFolder(join(this.files, name))
    return {
      source: source(name),
      through: (host) => source(name, host),
      put: (path, content) => this.put(join(name, path), content),
      get: (path) => readFile(join(this.files, name, path), 'utf8').catch(() => undefined),
      remove: (path) => rm(join(this.files, name, path)),
    }
  }

  /** Whole at once, with another time than what was there: the protocol knows seconds only. */
  async put(path: string, content: string | Uint8Array): Promise<void> {
    const at = join(this.files, path)
    await this.makeFolder(dirname(at))
    const beside = join(this.files, `.writing-${randomBytes(6).toString('hex')}`)
    await writeFile(beside, content)
    await this.#give(beside)
    await rename(beside, at)
  }

  async makeFolder(at: string): Promise<void> {
    await mkdir(at, { recursive: true })
    for (let folder = at; relative(this.files, folder) !== ''; folder = dirname(folder)) await this.#give(folder)
  }
}
