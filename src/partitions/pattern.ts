import { TidemarkError } from '../errors.ts'
import { align } from './align.ts'
import { type DatePart, datePartsFault, keyOfParts, partsOfKey } from './date-parts.ts'
import { type Filled, type Hole, type Piece, parseGlob, toLiteral, toPrefix, toRegExp } from './glob.ts'
import { expectedForm } from './keys.ts'
import type { Partitions } from './partitions.ts'

/** One part of a path pattern, between two slashes. */
export interface Segment {
  /** The only name that this part can be, when it has no wildcard. */
  readonly literal?: string
  /** What every name that this part can be begins with; empty when that is open. */
  readonly prefix: string
  /** `**`: any number of folders. It matches one of them at a time. */
  readonly deep: boolean
  matches(name: string): boolean
}

/** A glob with one `{partition}`, or with `{yyyy}`, `{MM}`, `{dd}`, `{HH}`. */
export interface Pattern {
  readonly files: string
  /** Where to look. Whether a path that is found so has the key, `keyOf` decides. */
  readonly segments: readonly Segment[]
  /** The partition key in a path; undefined when the path does not match. */
  keyOf(path: string): string | undefined
  /** A folder that is not looked into. */
  readonly leftOut?: string
  /** The same pattern with the key filled in, so that a listing looks only where that partition can be. */
  narrow(key: string): Pattern
}

/** The same pattern without what lies in a folder: what was moved there is no data any more. */
export function leaveOut(pattern: Pattern, folder: string): Pattern {
  return {
    ...pattern,
    leftOut: folder,
    keyOf: (path) => (path.startsWith(`${folder}/`) ? undefined : pattern.keyOf(path)),
    narrow: (key) => leaveOut(pattern.narrow(key), folder),
  }
}

/** The same pattern where only some partitions count: a listing looks at no file of the others. */
export function within(pattern: Pattern, includes: (key: string) => boolean): Pattern {
  return {
    ...pattern,
    keyOf: (path) => {
      const key = pattern.keyOf(path)
      return key === undefined || !includes(key) ? undefined : key
    },
    narrow: (key) => within(pattern.narrow(key), includes),
  }
}

/** How the holes of a pattern make a key, and what a key says of them. */
interface Keying {
  keyOf(holes: Filled): string | undefined
  fill(key: string): Filled
}

/** Raises `ConfigInvalid`, with what is wrong and how to mend it. */
export function parsePattern(files: string, partitions: Partitions): Pattern {
  const globs = globsOf(files)
  const parts = globs.map((glob) => (glob === '**' ? undefined : parseGlob(glob)))
  const keying = keyingOf(files, partitions, parts)
  const segments = parts.map((pieces) => (pieces ? nameSegment(pieces) : DEEP))
  const readers = parts.map((pieces) => (pieces?.some(({ kind }) => kind === 'hole') ? toRegExp(pieces) : undefined))

  const keyOf = (path: string): string | undefined => {
    const names = align(segments, path.split('/'))
    if (!names) return undefined
    // Asked of every file that is listed: mostly one name has all the holes.
    let holes: Filled | undefined
    for (let index = 0; index < names.length; index++) {
      const groups = readers[index]?.exec(names[index] ?? '')?.groups
      if (groups !== undefined) holes = holes === undefined ? groups : { ...holes, ...groups }
    }
    return keying.keyOf(holes ?? {})
  }
  const narrow = (key: string): Pattern => {
    const filled = keying.fill(key)
    return {
      files: files.replace(/\{(\w+)\}/g, (hole, name: Hole) => filled[name] ?? hole),
      segments: parts.map((pieces) => (pieces ? nameSegment(pieces, filled) : DEEP)),
      keyOf: (path) => (keyOf(path) === key ? key : undefined),
      narrow,
    }
  }
  return { files, segments, keyOf, narrow }
}

const DEEP: Segment = { prefix: '', deep: true, matches: (name) => name !== '' && !name.startsWith('.') }

function nameSegment(pieces: readonly Piece[], filled: Filled = {}): Segment {
  const { partition, ...dateParts } = filled
  // What `{partition}` is among the wildcards beside it must not depend on whether the key is known.
  const regExp = toRegExp(pieces, dateParts)
  const [first] = pieces
  const dotted = first?.kind === 'text' && first.text.startsWith('.')
  const matches = (name: string): boolean => {
    if (name.includes('/') || (name.startsWith('.') && (!dotted || name === '.' || name === '..'))) return false
    if (partition === undefined) return regExp.test(name)
    const holes = regExp.exec(name)?.groups
    return holes?.partition === undefined ? regExp.test(name) : holes.partition === partition
  }
  const literal = toLiteral(pieces, filled)
  const prefix = toPrefix(pieces, filled)
  return literal !== undefined && matches(literal) ? { literal, prefix, deep: false, matches } : { prefix, deep: false, matches }
}

function globsOf(files: string): readonly string[] {
  const globs = files.split('/')
  if (files === '') throw fault(files, 'it is empty; write a glob such as {partition}.csv')
  if (files.includes('\\'))
    throw fault(files, 'it has a backslash; write / between folders, and [*] for a character that is a wildcard')
  if (/^(\/|[A-Za-z]:\/)/.test(files)) throw fault(files, "it is absolute; write it from the source's folder on")
  if (globs.includes('..')) throw fault(files, "it leads out of the source's folder; leave out ..")
  if (globs.includes('.')) throw fault(files, 'it has a . between slashes; leave it out')
  if (globs.includes('')) throw fault(files, 'there is nothing between two slashes, or after the last; leave the slash out')
  const single = globs.filter((glob, index) => glob !== '**' || globs[index - 1] !== '**')
  return single.at(-1) === '**' ? [...single, '*'] : single
}

function keyingOf(files: string, partitions: Partitions, parts: readonly (readonly Piece[] | undefined)[]): Keying {
  const pieces = parts.flatMap((part) => part ?? [])
  const holes = pieces.flatMap((piece) => (piece.kind === 'hole' ? [piece.hole] : []))
  const twice = holes.find((hole, index) => holes.indexOf(hole) < index)
  if (twice) throw fault(files, `{${twice}} is there twice; leave one out, or write * for it`)
  if (holes.length === 0) throw fault(files, 'no partition is in it; write {partition} where the key is')
  const dateParts = holes.filter((hole): hole is DatePart => hole !== 'partition')
  if (dateParts.length === 0) return wholeKey(files, partitions, parts)

  if (holes.length > dateParts.length) throw fault(files, `{partition} is the whole key; leave out {${dateParts.join('}, {')}}`)
  if (partitions.kind === 'dynamic')
    throw fault(files, `dynamic partitions have no date; write {partition} for {${dateParts.join('}, {')}}`)
  const dateFault = datePartsFault(partitions, dateParts)
  if (dateFault !== undefined) throw fault(files, dateFault)
  return { keyOf: (texts) => keyOfParts(partitions, dateParts, texts), fill: (key) => partsOfKey(partitions, dateParts, key) }
}

function wholeKey(files: string, partitions: Partitions, parts: readonly (readonly Piece[] | undefined)[]): Keying {
  const pieces = parts.find((part) => part?.some(({ kind }) => kind === 'hole')) ?? []
  const at = pieces.findIndex(({ kind }) => kind === 'hole')
  if ([pieces[at - 1], pieces[at + 1]].some((piece) => piece?.kind === 'wild' && piece.source === '.*?')) {
    throw fault(
      files,
      'nothing tells where {partition} ends and the * beside it begins; write a text between them, or a date as {yyyy}-{MM}-{dd}',
    )
  }
  if (partitions.kind !== 'dynamic' && expectedForm(partitions).includes('/')) {
    throw fault(
      files,
      `{partition} is within one name, but keys are written ${expectedForm(partitions)}; write the folders as {yyyy}/{MM}/{dd}`,
    )
  }
  return { keyOf: (holes) => holes.partition, fill: (key) => ({ partition: key }) }
}

function fault(files: string, reason: string): TidemarkError {
  return new TidemarkError('ConfigInvalid', `got ${JSON.stringify(files)}: ${reason}`)
}
