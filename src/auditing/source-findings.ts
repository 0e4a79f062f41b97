import { judgeKey } from '../partitions/keys.ts'
import { shellWord } from '../shell-word.ts'
import type { Inventoried } from '../warehouse/inventory.ts'
import type { Compared } from './compare.ts'
import type { Finding } from './finding.ts'

/** Source against ledger: each file that is there is the newest version, and what was loaded are its bytes. */
export function sourceFindings(compared: Compared, line: Inventoried): Finding[] {
  const { path, newest, loaded } = line
  if (path === null) return []
  const there = compared.listed.get(path)
  if (there === undefined) return goneFindings(compared, line, path)

  const word = shellWord(path)
  const mend = `\`tidemark explain ${word}\` says what it waits for; if for nothing, \`tidemark import ${compared.pipeline.name} ${shellWord(there.key)}\` loads it`
  if (newest === undefined) {
    // A file that is no partition's would only be held.
    const valid = judgeKey(compared.pipeline.partitions, there.key).verdict === 'valid'
    return valid ? [{ kind: 'missing', path, what: 'it is in the source and has not been loaded', mend }] : []
  }
  if (newest.fingerprint !== there.listed.fingerprint)
    return [{ kind: 'changed', path, what: `it has changed since version ${newest.sequence} (${newest.status})`, mend }]
  if (newest.gone || newest.taken)
    return [{ kind: 'changed', path, what: 'it was gone, is back again, and has not been loaded since', mend }]

  const bytes = compared.bytes.get(path)
  if (newest.status !== 'loaded' || bytes === undefined) return []
  if ('error' in bytes) return [{ kind: 'unreadable', path, what: `its bytes cannot be compared: ${bytes.error}`, mend: AGAIN }]
  if (bytes.hash === loaded.contentHash) return []
  const what = 'its size and times are those of the version that is loaded, its bytes are not'
  return [{ kind: 'changed', path, what, mend: `\`tidemark retry ${word}\` loads it again; identity: 'content' would find this` }]
}

const AGAIN = 'let it be read, then audit again'

/** An empty listing is no proof: what is mounted there may not be. */
function goneFindings({ pipeline, listed, covers }: Compared, { newest, loaded }: Inventoried, path: string): Finding[] {
  if (pipeline.onDeleted !== 'remove' || listed.size === 0 || !covers(path) || loaded.versions === 0 || loaded.taken) return []
  const remove = `\`tidemark remove ${shellWord(path)}\``
  // What was known to be gone before the config said so is not found gone again.
  const mend = newest?.gone ? remove : `two sweeps of a worker that do not find it take them out, or ${remove}`
  return [{ kind: 'extra', path, what: 'it is gone from the source, its rows are still in the table', mend }]
}
