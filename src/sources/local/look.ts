import type { BigIntStats } from 'node:fs'
import { lstat, realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemCodeOf } from '../../errors.ts'
import type { Listed } from '../source.ts'
import { folderUnavailable, isAbsent, reasonOf } from './failures.ts'
import { contains, type Root } from './root.ts'

export interface Place {
  /** Its folder's real path and its own name. */
  readonly at: Buffer
  /** As the source lists it. */
  readonly path: string
  /** False: a part of the path had to be escaped, so that no program could open it by that text. */
  readonly utf8: boolean
}

/** A folder's `real` path has no links in it; `link` says that a refused entry is one. */
export type Found =
  | { readonly kind: 'folder'; readonly real: Buffer }
  | { readonly kind: 'file'; readonly listed: Listed; readonly link: boolean }

/** What stands at a place now; undefined when nothing does, or when it went away while one looked. */
export async function look(root: Root, place: Place): Promise<Found | undefined> {
  const own = await statsAt(place.at)
  if (own === undefined) return undefined
  if (own.isDirectory()) return { kind: 'folder', real: place.at }
  if (!own.isSymbolicLink()) return { kind: 'file', listed: listedOf(place, own, refusalOf(place, own)), link: false }

  const target = await follow(root, place.at)
  if (typeof target === 'string') return { kind: 'file', listed: listedOf(place, own, refusalOf(place, own, target)), link: true }
  const stats = await statsAt(target)
  if (stats === undefined) return undefined
  if (stats.isDirectory()) return { kind: 'folder', real: target }
  return { kind: 'file', listed: listedOf(place, stats, refusalOf(place, stats)), link: true }
}

export const LEADS_OUT = 'a link that leads out of the source'

async function statsAt(at: Buffer): Promise<BigIntStats | undefined> {
  try {
    return await lstat(at, { bigint: true })
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw folderUnavailable(dirname(at.toString()), error)
  }
}

/** Where a link ends, or why it may not be followed. */
async function follow(root: Root, link: Buffer): Promise<Buffer | string> {
  try {
    const real = await realpath(link, { encoding: 'buffer' })
    return contains(root, real) ? real : LEADS_OUT
  } catch (error) {
    if (isAbsent(error)) return 'a link to nothing'
    if (systemCodeOf(error) === 'ELOOP') return 'a link that leads back to itself'
    // One bad link must not hide the rest of the source.
    return `a link that cannot be followed (${reasonOf(error)})`
  }
}

/** What a listing needs of a file's state. Times are in nanoseconds. */
export interface FileStats {
  readonly size: bigint
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  readonly ino: bigint
}

export function listedOf(place: Pick<Place, 'path'>, { size, mtimeNs, ctimeNs, ino }: FileStats, refused?: string): Listed {
  const modified = `${mtimeNs}`
  // Of most files the two are one, and to write a large number takes longer than all else here.
  const changed = ctimeNs === mtimeNs ? modified : `${ctimeNs}`
  const listed = {
    path: place.path,
    fingerprint: `${size}-${modified}-${changed}-${ino}`,
    size: Number(size),
    modifiedAt: new Date(Number(mtimeNs) / 1e6),
    changedMs: Number(ctimeNs) / 1e6,
  }
  return refused === undefined ? listed : { ...listed, refused }
}

/** Why it may not be read, whatever its bytes are. */
export function refusalOf({ utf8 }: Place, stats: BigIntStats, badLink?: string): string | undefined {
  return utf8 ? (badLink ?? oddKindOf(stats)) : 'a name that is not UTF-8'
}

/** Undefined for a regular file, the only kind whose reading ends and has no effect on anything else. */
export function oddKindOf(stats: BigIntStats): string | undefined {
  if (stats.isFile()) return undefined
  if (stats.isFIFO()) return 'a named pipe'
  if (stats.isSocket()) return 'a socket'
  if (stats.isCharacterDevice() || stats.isBlockDevice()) return 'a device'
  return stats.isDirectory() ? 'a folder' : 'no regular file'
}
