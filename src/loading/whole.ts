import type { Listed } from '../sources/source.ts'
import type { Manifest } from './manifest.ts'

type Changed = Pick<Listed, 'changedMs' | 'modifiedAt'>

/** Why a file waits for its marker; undefined when the marker says that it is whole. */
export function markerFault(file: Changed, path: string, marker: Changed | undefined): string | undefined {
  if (marker === undefined) return `waits for its marker ${path}`
  return isOlder(marker, file) ? `its marker ${path} is older than the file: write it again` : undefined
}

/** Why a file waits for its manifest; undefined when the manifest names it as it is. */
export function manifestFault(file: Changed & { path: string }, manifest: Manifest): string | undefined {
  if (!manifest.rows.has(file.path)) return notNamed(manifest)
  return isOlder(manifest.listed, file) ? `its manifest ${manifest.path} is older than the file: write it again` : undefined
}

export const notNamed = ({ path }: Manifest) => `not named in the manifest ${path}: add it there to have it loaded`

/** Why what was loaded is not what the manifest names; undefined when it is. */
export function rowsFault(expected: number | undefined, rows: number): string | undefined {
  if (expected === undefined || expected === rows) return undefined
  return `the manifest says ${expected} ${expected === 1 ? 'row' : 'rows'}, it has ${rows}`
}

function isOlder(one: Changed, other: Changed): boolean {
  return changedMs(one) < changedMs(other)
}

/** Both are of the source's own clock, whatever times a copy was given. */
function changedMs({ changedMs, modifiedAt }: Changed): number {
  return changedMs ?? modifiedAt.getTime()
}
