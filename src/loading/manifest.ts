import { posix } from 'node:path'
import { z } from 'zod'
import { messageOf, TidemarkError } from '../errors.ts'
import type { Listed, Source } from '../sources/source.ts'

/** The list of a partition's files, as its producer wrote it: path to the rows that it has, where that is told. */
export interface Manifest {
  readonly path: string
  readonly listed: Listed
  readonly rows: ReadonlyMap<string, number | undefined>
}

/** A list of 100,000 files is not as large. */
const MOST_BYTES = 16 * 1024 * 1024

const SHAPE = z.object({ files: z.array(z.object({ name: z.string().min(1), rows: z.number().int().min(0).optional() })) })

/** The paths that a manifest names, or why it cannot be read: it may just be written. */
export function parseManifest(text: string, path: string): ReadonlyMap<string, number | undefined> | string {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    return 'it is no JSON, or is not written to its end' // the parser's own words repeat the text
  }
  const parsed = SHAPE.safeParse(read)
  if (!parsed.success) return 'expected { "files": [{ "name": "a.csv", "rows": 8 }] }'
  const rows = new Map<string, number | undefined>()
  for (const file of parsed.data.files) {
    const named = posix.join(posix.dirname(path), file.name)
    if (named.startsWith('../') || file.name.startsWith('/')) return `${JSON.stringify(file.name)} leads out of the source`
    if (rows.has(named)) return `${JSON.stringify(file.name)} is named twice`
    rows.set(named, file.rows)
  }
  return rows
}

/** A partition's manifest; a text: why its files wait. */
export async function readManifest(source: Source, path: string): Promise<Manifest | string> {
  const listed = await source.stat(path)
  if (listed === undefined) return `waits for its manifest ${path}`
  const unreadable = (reason: string) => `its manifest ${path} cannot be read: ${reason}`
  if (listed.refused !== undefined) return unreadable(listed.refused)
  if (listed.size > MOST_BYTES) return unreadable(`it has ${listed.size} bytes; at most ${MOST_BYTES} are expected`)
  try {
    const rows = parseManifest(await textOf(source, listed), path)
    return typeof rows === 'string' ? unreadable(rows) : { path, listed, rows }
  } catch (error) {
    if (!(error instanceof TidemarkError) || error.code !== 'FileUnreadable') throw error
    return unreadable(messageOf(error))
  }
}

async function textOf(source: Source, listed: Listed): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of await source.open(listed)) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) break // it grew since it was listed, and is cut: no JSON
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
