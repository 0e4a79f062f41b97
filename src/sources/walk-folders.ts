import { TidemarkError } from '../errors.ts'
import type { Pattern, Segment } from '../partitions/pattern.ts'
import { endsHere, into, onlyNames, type Route, startOf } from './local/route.ts'
import { isPlainName } from './relative-path.ts'
import type { Listed } from './source.ts'

const PAGE = 1_000
/** Deeper is a loop that the server does not tell. Systems themselves end one after 40 links, without a word. */
const MOST_DEEP = 32

/** One name in a folder of a server. */
export interface Entry extends Pick<Listed, 'fingerprint' | 'size' | 'modifiedAt' | 'refused'> {
  readonly name: string
  readonly isFolder: boolean
}

/** What a server says of its folders. Paths are relative to the source; the source's own folder is the empty one. */
export interface Folders {
  /** For people. */
  readonly place: string
  /** In any order, in pages; nothing where there is no such folder, unless it is the source's own. */
  read(folder: string, signal: AbortSignal): AsyncIterable<readonly Entry[]>
  /** Undefined when there is nothing of that name. */
  look(path: string): Promise<Entry | undefined>
  /** @throws TidemarkError when the source's own folder is not there any more */
  assertThere(): Promise<void>
}

interface Ahead {
  /** Empty for the source's own folder, else with a slash at its end. */
  readonly path: string
  readonly route: Route
  readonly depth: number
}

/** Every match below a server's folder once, folder by folder. */
export async function* walkFolders(folders: Folders, pattern: Pattern, signal: AbortSignal): AsyncGenerator<readonly Listed[]> {
  const { segments } = pattern
  const ahead: Ahead[] = [{ path: '', route: startOf(segments), depth: 0 }]
  let page: Listed[] = []
  for (let folder = ahead.pop(); folder !== undefined; folder = ahead.pop()) {
    if (folder.depth > MOST_DEEP) throw tooDeep(folders, folder)
    const seen = new Set<string>()
    for await (const entries of entriesOf(folders, segments, folder, signal)) {
      signal.throwIfAborted()
      for (const entry of entries) {
        const { name, isFolder, refused } = entry
        const path = folder.path + name
        if (name === '.' || name === '..' || seen.has(name) || path === pattern.leftOut) continue
        seen.add(name)
        if (isFolder) {
          const route = into(segments, folder.route, name)
          if (route.length > 0) ahead.push({ path: `${path}/`, route, depth: folder.depth + 1 })
        } else if (endsHere(segments, folder.route, name) && pattern.keyOf(path) !== undefined) {
          page.push(listedOf(path, entry, isPlainName(name) ? refused : 'a path that leads out of the source'))
        } else if (refused !== undefined && onlyNames(segments, folder.route)?.includes(name)) {
          throw notPassable(folders, path, refused)
        }
        if (page.length === PAGE) {
          yield page
          page = []
        }
      }
    }
  }
  signal.throwIfAborted()
  // Below a folder that vanished in mid-listing everything looks deleted, one by one.
  await folders.assertThere()
  if (page.length > 0) yield page
}

/** By name: to spread an entry takes longer than all else that is done to it. */
function listedOf(path: string, { fingerprint, size, modifiedAt }: Entry, refused: string | undefined): Listed {
  const listed = { path, fingerprint, size, modifiedAt }
  return refused === undefined ? listed : { ...listed, refused }
}

/** Where only some names can lead on, the folder need not be read. */
async function* entriesOf(
  folders: Folders,
  segments: readonly Segment[],
  { path, route }: Ahead,
  signal: AbortSignal,
): AsyncGenerator<readonly Entry[]> {
  const only = onlyNames(segments, route)
  if (only === undefined) {
    yield* folders.read(path, signal)
    return
  }
  for (const name of only) {
    const found = await folders.look(path + name)
    if (found !== undefined) yield [found]
  }
}

function tooDeep({ place }: Folders, { path }: Ahead): TidemarkError {
  return new TidemarkError(
    'SourceUnavailable',
    `Expected folders at ${place} to nest at most ${MOST_DEEP} deep, got ${path.slice(0, 100)}…: a link to a folder above it. Take it away, or write files without **.`,
  )
}

/** A folder that the pattern names holds files that nobody would otherwise miss. */
function notPassable({ place }: Folders, path: string, reason: string): TidemarkError {
  return new TidemarkError(
    'SourceUnavailable',
    `Expected ${path} at ${place} to be a folder, got ${reason}. Put a folder there, or point the url of \`source\` at where the files are.`,
  )
}
