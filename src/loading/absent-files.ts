import type { GoneFile } from '../warehouse/publication.ts'
import { expectedKeyOf } from './expected.ts'
import type { OpenPipeline } from './open-pipelines.ts'

/** Of paths that sweeps did not find: those that are not there when one looks at the path itself. */
export async function absentFiles(open: OpenPipeline, paths: Iterable<string>): Promise<GoneFile[]> {
  const absent: GoneFile[] = []
  for (const path of new Set(paths)) {
    const key = expectedKeyOf(open, path)
    if (key === undefined) continue
    if ((await open.source.stat(path)) === undefined) absent.push({ path, key })
    else open.absences.forget(path)
  }
  return absent
}

/** The paths whose partition is one of these. */
export function suspectedIn(open: OpenPipeline, keys: ReadonlySet<string>): string[] {
  return open.absences.suspected().filter((path) => {
    const key = expectedKeyOf(open, path)
    return key !== undefined && keys.has(key)
  })
}
