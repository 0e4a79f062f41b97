import { counted } from '../counted.ts'
import { shellWord } from '../shell-word.ts'
import type { Inventoried } from '../warehouse/inventory.ts'
import type { Compared } from './compare.ts'
import type { Finding, Remark } from './finding.ts'

type Loaded = Inventoried & { readonly path: string }

/**
 * The same bytes under several paths: all there, they are that on purpose, perhaps. One that is gone was renamed to the other, and its
 * rows are there twice. One that was left out for another's sake misses when that one is loaded no more.
 */
export function sameBytes(compared: Compared): { readonly duplicated: readonly Finding[]; readonly notes: readonly Remark[] } {
  const duplicated: Finding[] = []
  const notes: Remark[] = []
  const loaded = byHash(compared.inventory)
  for (const files of loaded.values()) {
    const [first, ...others] = files.filter((file) => isThere(compared, file) && file.newest?.status === 'loaded')
    if (first === undefined) continue
    for (const { path } of others) notes.push({ path, what: `the same bytes as ${first.path}; both are loaded` })
    for (const { path, rows } of files.filter((file) => isGone(compared, file) && file.rows > 0)) {
      const what = `${counted(rows, 'row')} in the table that ${first.path} has too: it has the same bytes, and ${path} is gone`
      duplicated.push({ kind: 'duplicated', path, what, mend: `\`tidemark remove ${shellWord(path)}\` takes its old rows out` })
    }
  }
  for (const { path, newest } of compared.inventory) {
    if (path === null || newest?.status !== 'duplicate' || newest.contentHash === undefined) continue
    const [original] = loaded.get(newest.contentHash) ?? []
    if (original !== undefined) notes.push({ path, what: `left out: the same bytes as ${original.path}` })
    else if (compared.listed.has(path))
      duplicated.push({
        kind: 'missing',
        path,
        what: 'it was left out for the same bytes under another path, which is loaded no more',
        mend: `\`tidemark retry ${shellWord(path)}\` loads it`,
      })
  }
  return { duplicated, notes }
}

function byHash(inventory: readonly Inventoried[]): Map<string, Loaded[]> {
  const files = new Map<string, Loaded[]>()
  for (const line of inventory) {
    const { path, loaded } = line
    // Files without rows have the same header, and nothing twice.
    if (path === null || loaded.contentHash === undefined || loaded.rows === 0) continue
    files.set(loaded.contentHash, [...(files.get(loaded.contentHash) ?? []), { ...line, path }])
  }
  return files
}

/** What we took away ourselves is not missed. */
function isThere({ listed }: Compared, { path, loaded }: Loaded): boolean {
  return listed.has(path) || loaded.taken === true
}

function isGone(compared: Compared, file: Loaded): boolean {
  return !isThere(compared, file) && compared.covers(file.path)
}
