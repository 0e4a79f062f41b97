import type { FileInfo } from 'basic-ftp'
import { CutListing, isNotAvailable, isUnknownCommand } from './failures.ts'
import type { Connection } from './logins.ts'

/**
 * A listing has no end but that of its line, which looks the same when something between ends it early; and what a server has sent off in time
 * it tells as sent. So what is there and is not listed is looked for.
 */
export class WholeListings {
  /** Of each folder the file that its newest listing ended with. */
  readonly #last = new Map<string, string>()

  /**
   * Of the folder that the connection is in.
   * @throws CutListing
   */
  async read(connection: Connection, folder: string): Promise<readonly FileInfo[]> {
    const listed = await connection.client.list()
    const last = this.#last.get(folder)
    if (last !== undefined && !listed.some(({ name }) => name === last) && (await isThere(connection, `${folder}/${last}`)))
      throw new CutListing()
    const end = listed.findLast(({ isFile }) => isFile)
    if (end === undefined) this.#last.delete(folder)
    else this.#last.set(folder, end.name)
    return listed
  }
}

/** Lines of a listing that all have their ends. */
export function parseWhole(parse: (text: string) => FileInfo[]): (text: string) => FileInfo[] {
  return (text) => {
    if (text !== '' && !text.endsWith('\n')) throw new CutListing()
    return parse(text)
  }
}

async function isThere({ client, features }: Connection, path: string): Promise<boolean> {
  try {
    await client.send(`${features.has('MLST') ? 'MLST' : 'SIZE'} ${path}`)
    return true
  } catch (error) {
    if (isNotAvailable(error) || isUnknownCommand(error)) return false
    throw error
  }
}
