import type { Listed, Source } from '../sources/source.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Candidate } from './candidate.ts'
import { type Manifest, readManifest } from './manifest.ts'
import type { OpenPipeline } from './open-pipelines.ts'
import { manifestFault, markerFault } from './whole.ts'

export interface Waiting {
  readonly candidate: Candidate
  /** For people, to be said after the file's name. */
  readonly reason: string
  /** Nobody waits for it: its partition is complete without it. */
  readonly stray?: boolean
}

interface Reading {
  readonly open: OpenPipeline
  readonly warehouse: Pick<Warehouse, 'files'>
}

/** Files of one partition, by what their markers or its manifest say of them. */
export async function wholeOf({ open, warehouse }: Reading, key: string, files: readonly Candidate[]) {
  const { source, companions } = open
  const whole: Candidate[] = []
  const partial: Waiting[] = []
  if (companions.manifest && files.length > 0) {
    const manifest = await readManifest(source, companions.manifest(key))
    const absent = typeof manifest === 'string' ? manifest : await absentOf({ open, warehouse }, key, manifest, files)
    for (const candidate of files) {
      const stray = typeof manifest !== 'string' && !manifest.rows.has(candidate.listed.path)
      const reason = typeof manifest === 'string' ? manifest : (manifestFault(candidate.listed, manifest) ?? absent)
      const manifestRows = typeof manifest === 'string' ? undefined : manifest.rows.get(candidate.listed.path)
      if (reason !== undefined) partial.push({ candidate, reason, stray })
      else whole.push(manifestRows === undefined ? candidate : { ...candidate, manifestRows })
    }
    return { whole, partial }
  }
  for (const candidate of files) {
    const { listed } = candidate
    const path = companions.done?.(listed.path)
    const reason = path === undefined ? undefined : markerFault(listed, path, await regular(source, path))
    if (reason === undefined) whole.push(candidate)
    else partial.push({ candidate, reason })
  }
  return { whole, partial }
}

/** What the manifest names and the source does not have, unless we took it away after its load. */
async function absentOf(
  { open, warehouse }: Reading,
  key: string,
  manifest: Manifest,
  files: readonly Candidate[],
): Promise<string | undefined> {
  const there = new Set(files.map(({ listed }) => listed.path))
  let taken: ReadonlySet<string> | undefined
  for (const path of manifest.rows.keys()) {
    if (there.has(path) || (await open.source.stat(path)) !== undefined) continue
    taken ??= await takenOf({ open, warehouse }, key)
    if (!taken.has(path)) return `waits for ${path}, which the manifest ${manifest.path} also names`
  }
  return undefined
}

async function takenOf({ open, warehouse }: Reading, key: string): Promise<ReadonlySet<string>> {
  if (open.pipeline.afterLoad.kind === 'keep') return new Set()
  const known = await warehouse.files(open.pipeline.name, { key })
  return new Set(known.flatMap(({ path, after_load }) => (after_load === null ? [] : [path])))
}

/** A link to nothing or a pipe of the marker's name marks nothing. */
export async function regular(source: Source, path: string): Promise<Listed | undefined> {
  const listed = await source.stat(path)
  return listed?.refused === undefined ? listed : undefined
}
