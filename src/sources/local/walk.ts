import { isUtf8 } from 'node:buffer'
import { opendir, readdir } from 'node:fs/promises'
import { TidemarkError } from '../../errors.ts'
import type { Pattern } from '../../partitions/pattern.ts'
import type { Listed } from '../source.ts'
import { folderUnavailable, isAbsent } from './failures.ts'
import { type FolderReader, statsIn } from './folder-reader.ts'
import { type Found, listedOf, look, type Place } from './look.ts'
import { escapedBytesOf, join, textOf } from './names.ts'
import type { Root } from './root.ts'
import { endsHere, into, onlyNames, type Route, startOf } from './route.ts'

const PAGE = 1000
/** Looks under way at once; the file system gains nothing from more. */
const AT_ONCE = 32
/** A folder with more entries is large, and read by a thread. */
const FEW = 1000
/** What stands in a text for bytes that are no UTF-8. */
const NO_CHARACTER = '\ufffd'
const OVER = { value: undefined, done: true } as const

interface Folder {
  readonly real: Buffer
  /** Empty for the root, else with a slash at its end. */
  readonly path: string
  readonly utf8: boolean
  readonly route: Route
  /** Real paths from the root to here: a link back to one of them would never end. */
  readonly above: ReadonlySet<string>
}

/** What a name in a folder can be for the pattern. */
interface Match extends Omit<Place, 'at'> {
  readonly isFile: boolean
  readonly route: Route
  /** The pattern names it, so it cannot be passed over in silence. */
  readonly named: boolean
}

interface Entry extends Match, Place {}

/** Every match below the root once, folder by folder; those of a folder in the order of their names, unless there are very many. */
export async function* walk(
  root: Root,
  pattern: Pattern,
  reader: FolderReader,
  signal: AbortSignal,
): AsyncGenerator<readonly Listed[]> {
  const ahead: Folder[] = [
    { real: root.real, path: '', utf8: true, route: startOf(pattern.segments), above: new Set([keyOf(root.real)]) },
  ]
  let page: Listed[] = []
  for (let folder = ahead.pop(); folder !== undefined; folder = ahead.pop()) {
    const inside: Folder[] = []
    for await (const seen of lookInto(root, folder, pattern, reader)) {
      signal.throwIfAborted()
      if (page.length + seen.length > PAGE) {
        yield page
        page = []
      }
      for (const { entry, what } of seen) {
        if (what.kind === 'folder') inside.push(...enter(folder, entry, what.real))
        else if (entry.isFile) page.push(what.listed)
        else assertPassable(root, entry, what)
      }
    }
    for (const next of inside.reverse()) ahead.push(next)
  }
  signal.throwIfAborted()
  if (page.length > 0) yield page
}

interface Seen {
  readonly entry: Match
  readonly what: Found
}

/** What in the folder can match, or lead to a match, and is there. */
async function* lookInto(root: Root, folder: Folder, pattern: Pattern, reader: FolderReader): AsyncGenerator<readonly Seen[]> {
  const only = onlyNames(pattern.segments, folder.route)
  // The text of an escaped name does not lead to its file: only the folder has the bytes.
  const named = only?.some(isEscaped) === false ? only.map((name) => Buffer.from(name)) : undefined
  const { real } = folder
  if (named === undefined && isUtf8(real) && (await readable(real, false, () => isLarge(real))))
    return yield* lookIntoLarge(root, folder, pattern, reader)
  const names = named ?? (await readable(real, [], () => namesIn(real)))
  yield* lookAt(root, entriesOf(folder, pattern, names, only !== undefined))
}

async function* lookAt(root: Root, entries: readonly Entry[]): AsyncGenerator<readonly Seen[]> {
  for (let from = 0; from < entries.length; from += AT_ONCE) {
    const some = entries.slice(from, from + AT_ONCE)
    const found = await Promise.all(some.map((entry) => look(root, entry)))
    yield some.flatMap((entry, index) => {
      const what = found[index]
      return what === undefined ? [] : [{ entry, what }]
    })
  }
}

/** By a thread, which tells most of it: only what is no regular file needs a look of its own. */
async function* lookIntoLarge(
  root: Root,
  folder: Folder,
  pattern: Pattern,
  reader: FolderReader,
): AsyncGenerator<readonly Seen[]> {
  let notUtf8 = false
  const pages = reader.list(folder.real.toString())
  try {
    for (;;) {
      const { value: page, done } = await readable(folder.real, OVER, () => pages.next())
      if (done) break
      const seen: Seen[] = []
      const others: Entry[] = []
      for (const [index, name] of page.names.entries()) {
        const stats = statsIn(page.stats, index)
        // Where bytes are no UTF-8 the name that was made of them leads nowhere.
        if (stats === undefined && name.includes(NO_CHARACTER)) notUtf8 = true
        if (stats === undefined) continue
        const entry = matchOf(folder, pattern, name, { utf8: folder.utf8, named: false })
        if (entry === undefined) continue
        // Where it is, in bytes, takes longer to make than all else, and is for a look.
        if (stats.isFile) seen.push({ entry, what: { kind: 'file', listed: listedOf(entry, stats), link: false } })
        else others.push({ ...entry, at: join(folder.real, Buffer.from(name)) })
      }
      yield seen
      yield* lookAt(root, others)
    }
  } finally {
    await pages.return(undefined) // else one that is left in the middle would keep every later one waiting
  }
  if (!notUtf8) return
  const names = (await readable(folder.real, [], () => namesIn(folder.real))).filter((name) => !isUtf8(name))
  for (const entry of entriesOf(folder, pattern, names, false)) {
    // Were there a well-formed name that reads like this one, the path would be that one's.
    const alike = await look(root, { ...entry, at: join(root.real, Buffer.from(entry.path)) })
    if (alike === undefined) yield* lookAt(root, [entry])
  }
}

/** What in the folder can match, or lead to a match. */
function entriesOf(folder: Folder, pattern: Pattern, names: readonly Buffer[], named: boolean): Entry[] {
  const entries = new Map<string, Entry>()
  for (const name of names) {
    const text = textOf(name)
    // Were there a well-formed name that reads like an escaped one, the path belongs to the one that can be opened.
    if (entries.has(text) && !(folder.utf8 && isUtf8(name))) continue
    const entry = entryOf(folder, pattern, name, text, named)
    if (entry !== undefined) entries.set(text, entry)
  }
  return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

function entryOf(folder: Folder, pattern: Pattern, name: Buffer, text: string, named: boolean): Entry | undefined {
  const match = matchOf(folder, pattern, text, { utf8: folder.utf8 && isUtf8(name), named })
  return match && { ...match, at: join(folder.real, name) }
}

function matchOf(
  folder: Folder,
  { segments, leftOut, keyOf }: Pattern,
  text: string,
  { utf8, named }: Pick<Match, 'utf8' | 'named'>,
): Match | undefined {
  const path = folder.path + text
  if (path === leftOut) return undefined
  const isFile = endsHere(segments, folder.route, text) && keyOf(path) !== undefined
  const route = into(segments, folder.route, text)
  if (!isFile && route.length === 0) return undefined
  return { path, utf8, isFile, route, named }
}

function isEscaped(name: string): boolean {
  return escapedBytesOf(name) !== undefined
}

async function isLarge(real: Buffer): Promise<boolean> {
  let entries = 0
  for await (const _ of await opendir(real, { bufferSize: FEW })) if (++entries > FEW) return true // leaving the loop closes it
  return false
}

/** As bytes, because a name need not be text. */
async function namesIn(real: Buffer): Promise<Buffer[]> {
  return await readdir(real, { encoding: 'buffer' })
}

async function readable<T>(real: Buffer, nothing: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (isAbsent(error)) return nothing
    throw folderUnavailable(real.toString(), error)
  }
}

function enter(folder: Folder, entry: Match, real: Buffer): Folder[] {
  if (entry.route.length === 0 || folder.above.has(keyOf(real))) return []
  const above = new Set(folder.above).add(keyOf(real))
  return [{ real, path: `${entry.path}/`, utf8: entry.utf8, route: entry.route, above }]
}

/** A folder that the pattern names, but that is a bad link, holds files that nobody would otherwise miss. */
function assertPassable(root: Root, entry: Match, what: Found & { kind: 'file' }): void {
  if (!entry.named || !what.link || what.listed.refused === undefined) return
  throw new TidemarkError(
    'SourceUnavailable',
    `Expected ${entry.path} in ${root.folder} to be a folder, got ${what.listed.refused}. ` +
      'Put a folder there, or point the folder of `source` in the config at where the files are.',
  )
}

function keyOf(real: Buffer): string {
  return real.toString('latin1')
}
