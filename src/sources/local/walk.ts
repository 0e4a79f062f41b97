import { isUtf8 } from 'node:buffer'
import { readdir } from 'node:fs/promises'
import { TidemarkError } from '../../errors.ts'
import type { Pattern } from '../../partitions/pattern.ts'
import type { Listed } from '../source.ts'
import { folderUnavailable, isAbsent } from './failures.ts'
import { type Found, look, type Place } from './look.ts'
import { escapedBytesOf, join, textOf } from './names.ts'
import type { Root } from './root.ts'
import { endsHere, into, onlyNames, type Route, startOf } from './route.ts'

const PAGE = 1000
/** Looks under way at once; the file system gains nothing from more. */
const AT_ONCE = 32

interface Folder {
  readonly real: Buffer
  /** Empty for the root, else with a slash at its end. */
  readonly path: string
  readonly utf8: boolean
  readonly route: Route
  /** Real paths from the root to here: a link back to one of them would never end. */
  readonly above: ReadonlySet<string>
}

interface Entry extends Place {
  readonly isFile: boolean
  readonly route: Route
  /** The pattern names it, so it cannot be passed over in silence. */
  readonly named: boolean
}

/** Every match below the root once, folder by folder in the order of their names. */
export async function* walk(root: Root, pattern: Pattern, signal: AbortSignal): AsyncGenerator<readonly Listed[]> {
  const ahead: Folder[] = [
    { real: root.real, path: '', utf8: true, route: startOf(pattern.segments), above: new Set([keyOf(root.real)]) },
  ]
  let page: Listed[] = []
  for (let folder = ahead.pop(); folder !== undefined; folder = ahead.pop()) {
    const entries = await entriesOf(folder, pattern)
    const inside: Folder[] = []
    for (let from = 0; from < entries.length; from += AT_ONCE) {
      signal.throwIfAborted()
      const some = entries.slice(from, from + AT_ONCE)
      const found = await Promise.all(some.map((entry) => look(root, entry)))
      for (const [index, entry] of some.entries()) {
        const what = found[index]
        if (what?.kind === 'folder') inside.push(...enter(folder, entry, what.real))
        else if (what !== undefined && entry.isFile) page.push(what.listed)
        else if (what !== undefined) assertPassable(root, entry, what)
      }
      if (page.length > PAGE - AT_ONCE) {
        yield page
        page = []
      }
    }
    for (const next of inside.reverse()) ahead.push(next)
  }
  signal.throwIfAborted()
  if (page.length > 0) yield page
}

/** What in the folder can match, or lead to a match. */
async function entriesOf(folder: Folder, pattern: Pattern): Promise<Entry[]> {
  const { segments } = pattern
  const only = onlyNames(segments, folder.route)
  // The text of an escaped name does not lead to its file: only the folder has the bytes.
  const names = only?.some(isEscaped) === false ? only.map((name) => Buffer.from(name)) : await namesIn(folder.real)
  const entries = new Map<string, Entry>()
  for (const name of names) {
    const text = textOf(name)
    const utf8 = folder.utf8 && isUtf8(name)
    const path = folder.path + text
    if (path === pattern.leftOut) continue
    const isFile = endsHere(segments, folder.route, text) && pattern.keyOf(path) !== undefined
    const route = into(segments, folder.route, text)
    if (!isFile && route.length === 0) continue
    // Were there a well-formed name that reads like an escaped one, the path belongs to the one that can be opened.
    if (!utf8 && entries.has(text)) continue
    entries.set(text, { at: join(folder.real, name), path, utf8, isFile, route, named: only !== undefined })
  }
  return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

function isEscaped(name: string): boolean {
  return escapedBytesOf(name) !== undefined
}

/** As bytes, because a name need not be text. */
async function namesIn(real: Buffer): Promise<Buffer[]> {
  try {
    return await readdir(real, { encoding: 'buffer' })
  } catch (error) {
    if (isAbsent(error)) return []
    throw folderUnavailable(real.toString(), error)
  }
}

function enter(folder: Folder, entry: Entry, real: Buffer): Folder[] {
  if (entry.route.length === 0 || folder.above.has(keyOf(real))) return []
  const above = new Set(folder.above).add(keyOf(real))
  return [{ real, path: `${entry.path}/`, utf8: entry.utf8, route: entry.route, above }]
}

/** A folder that the pattern names, but that is a bad link, holds files that nobody would otherwise miss. */
function assertPassable(root: Root, entry: Entry, what: Found & { kind: 'file' }): void {
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
