import pMap from 'p-map'
import type { Listed, Source } from './source.ts'

/** A source gains nothing from more looks under way at once. */
const LOOKS_AT_ONCE = 16

/** The files that are at these paths now; those that are gone are left out. */
export async function statAll(
  source: Pick<Source, 'stat' | 'statAll'>,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Listed>> {
  if (source.statAll !== undefined) return source.statAll(paths)
  const looks = await pMap(paths, (path) => source.stat(path), { concurrency: LOOKS_AT_ONCE })
  return new Map(looks.flatMap((listed) => (listed === undefined ? [] : [[listed.path, listed]])))
}
