import type { FileEntryWithStats, Stats } from 'ssh2'
import { type SftpFolder, sftpPlace } from '../../config/sources/sftp.ts'
import { TidemarkError } from '../../errors.ts'
import type { CallCount } from '../call-count.ts'
import { isRelativePath } from '../relative-path.ts'
import { SharedListings } from '../shared-listings.ts'
import type { Listed } from '../source.ts'
import type { Entry, Folders } from '../walk-folders.ts'
import { isAbsent, sourceFailure } from './failures.ts'
import type { Requests } from './session.ts'
import { loginOf, sessions } from './sessions.ts'

const LINK = 'a link'
const THROUGH_LINK = 'a path through a link'

/** Of all sources of this process: they often look at one folder. */
const listings = new SharedListings<readonly Entry[]>()

/** A folder on a server: what stands in it, and never what a link in it leads to. */
export class Folder implements Folders {
  readonly place: string
  readonly #config: SftpFolder
  readonly #calls: CallCount

  constructor(config: SftpFolder, calls: CallCount) {
    this.#config = config
    this.#calls = calls
    this.place = sftpPlace(config)
  }

  /** Does some requests; what they fail of, other than of ours, is the source's failure. */
  async ask<T>(doing: string, work: (requests: Requests) => Promise<T>): Promise<T> {
    try {
      return await sessions.use(this.#config, (session) => work(session.with(this.#calls)))
    } catch (error) {
      throw sourceFailure(error, doing, this.place)
    }
  }

  lease = async () => {
    const { session, release } = await sessions.lease(this.#config)
    return { requests: session.with(this.#calls), release }
  }

  /** As the server knows it. */
  at(path: string): string {
    const root = this.#config.folder
    return path === '' ? root : root === '/' ? `/${path}` : `${root}/${path}`
  }

  read(folder: string, signal: AbortSignal): AsyncIterable<readonly Entry[]> {
    const path = this.at(folder.replace(/\/$/, ''))
    return listings.read(`${loginOf(this.#config)}\0${path}`, (shared) => this.#read(folder, path, shared), signal)
  }

  async *#read(folder: string, path: string, signal: AbortSignal): AsyncGenerator<readonly Entry[]> {
    const { requests, release } = await this.lease().catch((error: unknown) => {
      throw sourceFailure(error, 'list files', this.place)
    })
    try {
      const handle = await requests.opendir(path)
      try {
        for (let ahead = requests.readdir(handle); ; ) {
          signal.throwIfAborted()
          const entries = await ahead
          if (entries === undefined) return
          ahead = requests.readdir(handle) // the server reads on while these are looked at
          ahead.catch(() => undefined) // heard when it is awaited, if it ever is
          yield entries.map(entryOf)
        }
      } finally {
        await requests.close(handle).catch(() => undefined) // with the session it is closed as well
      }
    } catch (error) {
      signal.throwIfAborted()
      if (folder !== '' && isAbsent(error)) return
      throw sourceFailure(error, folder === '' ? 'list files' : `list the folder ${folder}`, this.place)
    } finally {
      release()
    }
  }

  async look(path: string): Promise<Entry | undefined> {
    const found = await this.ask(`look at ${path}`, (requests) => statusOf(requests, this.at(path)))
    return found && entryAt(path.slice(path.lastIndexOf('/') + 1), found)
  }

  async assertThere(): Promise<void> {
    const found = await this.ask('find the folder', (requests) => requests.lstat(this.at('')))
    if (found.isDirectory() || found.isSymbolicLink()) return
    throw new TidemarkError(
      'SourceUnavailable',
      `Expected ${this.place} to be a folder, got a file. Correct the url of \`source\` in the config.`,
    )
  }

  async stat(path: string): Promise<Listed | undefined> {
    if (!isRelativePath(path)) return undefined
    return this.ask(`look at ${path}`, (requests) => this.statWith(requests, path))
  }

  async statWith(requests: Requests, path: string): Promise<Listed | undefined> {
    const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
    const [found, real, root] = await Promise.all([
      statusOf(requests, this.at(path)),
      realOf(requests, this.at(parent)),
      requests.realpath(this.at('')),
    ])
    if (found === undefined) {
      // That nothing is there is only believed of a folder that is.
      await requests.lstat(this.at(''))
      return undefined
    }
    if (found.isDirectory()) return undefined
    const { name: _, isFolder: __, ...status } = entryAt(path, found)
    const straight = real === (parent === '' ? root : `${root === '/' ? '' : root}/${parent}`)
    return { path, ...status, ...(straight ? {} : { refused: THROUGH_LINK }) }
  }
}

function entryOf({ filename, attrs }: FileEntryWithStats): Entry {
  return entryAt(filename, attrs)
}

function entryAt(name: string, attrs: Stats): Entry {
  const { size = 0, mtime = 0 } = attrs
  const refused = name.includes('\ufffd') ? 'a name that is not UTF-8' : oddKindOf(attrs)
  return {
    name,
    isFolder: attrs.isDirectory(),
    size,
    fingerprint: `${size}-${mtime}`,
    modifiedAt: new Date(mtime * 1000),
    ...(refused === undefined ? {} : { refused }),
  }
}

function oddKindOf(attrs: Stats): string | undefined {
  // A server that tells no kinds has files and folders only.
  if (attrs.mode === undefined || attrs.isFile() || attrs.isDirectory()) return undefined
  if (attrs.isSymbolicLink()) return LINK
  if (attrs.isFIFO()) return 'a named pipe'
  if (attrs.isSocket()) return 'a socket'
  return attrs.isBlockDevice() || attrs.isCharacterDevice() ? 'a device' : 'no regular file'
}

async function statusOf(requests: Requests, path: string): Promise<Stats | undefined> {
  try {
    return await requests.lstat(path)
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

async function realOf(requests: Requests, path: string): Promise<string | undefined> {
  try {
    return await requests.realpath(path)
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}
