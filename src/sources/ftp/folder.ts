import { type FileInfo, FileType } from 'basic-ftp'
import { type FtpFolder, ftpPlace } from '../../config/sources/ftp.ts'
import type { CallCount } from '../call-count.ts'
import { isRelativePath } from '../relative-path.ts'
import { SharedListings } from '../shared-listings.ts'
import type { Listed } from '../source.ts'
import type { Entry, Folders } from '../walk-folders.ts'
import { isNotAvailable, sourceFailure } from './failures.ts'
import { type Connection, loginOf, logins } from './logins.ts'
import { WholeListings } from './whole-listing.ts'

/** Of one folder, so many files are looked at one by one; for more it is listed. */
const MOST_LOOKED_AT = 5
const PAGE = 1_000

/** Of all sources of this process: they often look at one folder. */
const listings = new SharedListings<readonly Entry[]>()

/** A folder on a server, as far as the protocol tells. */
export class Folder implements Folders {
  readonly place: string
  readonly #config: FtpFolder
  readonly #calls: CallCount
  readonly #listings = new WholeListings()

  constructor(config: FtpFolder, calls: CallCount) {
    this.#config = config
    this.#calls = calls
    this.place = ftpPlace(config)
  }

  /** Does something over a login that is nobody else's meanwhile; what it fails of, other than of ours, is the source's failure. */
  async ask<T>(doing: string, work: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      return await this.use(work)
    } catch (error) {
      throw sourceFailure(error, doing, this.place)
    }
  }

  use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    this.#calls.add()
    return logins.use(this.#config, work)
  }

  /** As the server knows it. */
  at(path: string): string {
    return path === '' ? this.#config.folder || '/' : `${this.#config.folder}/${path}`
  }

  read(folder: string, signal: AbortSignal): AsyncIterable<readonly Entry[]> {
    const path = folder.replace(/\/$/, '')
    const key = `${loginOf(this.#config)}\0${this.at(path)}`
    return listings.read(key, () => this.#pagesOf(path), signal)
  }

  async look(path: string): Promise<Entry | undefined> {
    const name = path.slice(path.lastIndexOf('/') + 1)
    return this.ask(`look at ${path}`, async (connection) => {
      const { client, features } = connection
      const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')))
      if (!features.has('MLST')) return (await this.#listed(connection, parent))?.find((entry) => entry.name === name)
      try {
        const { message } = await client.send(`MLST ${this.at(path)}`)
        return entryOfFacts(client, message, name)
      } catch (error) {
        if (!isNotAvailable(error)) throw error
        await client.send(`MLST ${this.at('')}`) // that nothing is there is only believed of a folder that is
        return undefined
      }
    })
  }

  async assertThere(): Promise<void> {
    await this.ask('find the folder', async ({ client }) => {
      await client.send(`CWD ${this.at('')}`)
    })
  }

  async stat(path: string): Promise<Listed | undefined> {
    if (!isRelativePath(path) || /[\r\n]/.test(path)) return undefined
    const found = await this.look(path)
    return found && fileOf(path, found)
  }

  /** A folder of which many files are wanted is listed once. */
  async statAll(paths: readonly string[]): Promise<ReadonlyMap<string, Listed>> {
    const byFolder = new Map<string, string[]>()
    for (const path of paths.filter(isRelativePath)) {
      const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')))
      byFolder.set(folder, [...(byFolder.get(folder) ?? []), path])
    }
    const all = new Map<string, Listed>()
    const add = (listed: Listed | undefined) => listed && all.set(listed.path, listed)
    for (const [folder, inside] of byFolder) {
      if (inside.length <= MOST_LOOKED_AT) {
        for (const path of inside) add(await this.stat(path))
        continue
      }
      const entries = await this.ask(`list ${folder}`, (connection) => this.#listed(connection, folder))
      const byName = new Map((entries ?? []).map((entry) => [entry.name, entry]))
      for (const path of inside) {
        const entry = byName.get(path.slice(path.lastIndexOf('/') + 1))
        add(entry && fileOf(path, entry))
      }
    }
    return all
  }

  async *#pagesOf(path: string): AsyncGenerator<readonly Entry[]> {
    const doing = path === '' ? 'list files' : `list the folder ${path}`
    const entries = await this.ask(doing, (connection) => this.#listed(connection, path))
    for (let from = 0; from < (entries?.length ?? 0); from += PAGE) yield entries?.slice(from, from + PAGE) ?? []
  }

  /** Undefined where there is no such folder, other than the source's own. */
  async #listed(connection: Connection, path: string): Promise<readonly Entry[] | undefined> {
    try {
      // Some servers list nothing for a path that is none, and without a word.
      await connection.client.send(`CWD ${this.at(path)}`)
    } catch (error) {
      if (path === '' || !isNotAvailable(error)) throw error
      // It has gone meanwhile, or may not be entered, which must not look like an empty one.
      const slash = path.lastIndexOf('/')
      const beside = await this.#listed(connection, path.slice(0, Math.max(0, slash)))
      if (beside?.some(({ name, isFolder }) => isFolder && name === path.slice(slash + 1))) throw error
      return undefined
    }
    return (await this.#listings.read(connection, this.at(path))).map(entryOf)
  }
}

function fileOf(path: string, { name: _, isFolder, ...status }: Entry): Listed | undefined {
  return isFolder ? undefined : { path, ...status }
}

function entryOf(info: FileInfo): Entry {
  const { name, size, rawModifiedAt, modifiedAt, type } = info
  const refused = name.includes('\ufffd')
    ? 'a name that is not UTF-8'
    : type === FileType.SymbolicLink
      ? 'a link'
      : type === FileType.Unknown
        ? 'no regular file'
        : undefined
  return {
    name,
    isFolder: type === FileType.Directory,
    size,
    // Servers without MLSD tell the time by the minute, or the day, and in words.
    fingerprint: `${size}-${modifiedAt?.getTime() ?? rawModifiedAt}`,
    modifiedAt: modifiedAt ?? new Date(0),
    ...(refused === undefined ? {} : { refused }),
  }
}

/** Of an answer of some lines, the one in the middle. */
function entryOfFacts(client: Connection['client'], message: string, name: string): Entry | undefined {
  const line = message.split('\n').find((line) => line.startsWith(' '))
  const [facts = ''] = line?.trim().split(' ', 1) ?? []
  // It is told with its folders, which is no name in a listing.
  const [info] = client.parseList(`${facts} file\n`)
  if (info === undefined) return undefined
  info.name = name
  return entryOf(info)
}
