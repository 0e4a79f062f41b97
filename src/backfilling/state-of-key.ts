import type { Listed } from '../sources/source.ts'
import type { Known } from '../warehouse/ledger.ts'
import type { Only } from './request.ts'

/** What the files of a partition that the source lists are, against the ledger. */
export interface KeyState {
  /** A file is new, has changed, or waits for what a person has decided. */
  todo: boolean
  /** Of the first file whose newest version is held and is the one that is listed. */
  held: string | undefined
  /** A file whose newest version is held has another one by now. */
  corrected: boolean
  /** `initial` has left a file out. */
  ignored: boolean
  /** Files that must be asked for once more to be read again. */
  readonly again: string[]
  readonly files: Listed[]
}

export type Why = 'unloaded' | 'changed' | 'held' | 'loaded'

export const noState = (): KeyState => ({ todo: false, held: undefined, corrected: false, ignored: false, again: [], files: [] })

/** Which files a backfill asks for again although the ledger has their version. What `initial` left out is what backfills are for. */
const AGAIN: Readonly<Record<Only | 'unasked', readonly Known['status'][]>> = {
  unasked: ['ignored'],
  unloaded: ['ignored'],
  changed: ['ignored'],
  held: ['held'],
  all: ['ignored', 'held', 'loaded'],
}

/** Takes one listed file of the partition into account; answers whether a load of the partition reads it. */
export function seeFile(
  state: KeyState,
  listed: Listed,
  todo: boolean,
  known: Known | undefined,
  only: Only | undefined,
): boolean {
  const { path } = listed
  state.files.push(listed)
  if (todo || known === undefined) {
    state.todo = true
    state.corrected ||= known?.status === 'held'
    return true
  }
  if (known.status === 'held') state.held ??= `${path}: ${known.error}`
  if (known.status === 'ignored') state.ignored = true
  const isAgain = AGAIN[only ?? 'unasked'].includes(known.status)
  if (isAgain) state.again.push(path)
  return isAgain
}

/** What a backfill does with a partition: starts it, and why, or counts it as what it is. */
export type Verdict = { readonly start: Why } | { readonly count: 'held' | 'upToDate' | 'leftOut' | 'missing' }

/** `isLoaded`: whether the table has rows of the partition, be their file at the source or not. */
export function verdictOf(state: KeyState | undefined, isLoaded: boolean, only: Only | undefined): Verdict {
  if (state === undefined) return { count: isLoaded ? 'upToDate' : 'missing' }
  const isHeld = state.held !== undefined
  const why: Why = state.todo || state.ignored ? (isLoaded ? 'changed' : 'unloaded') : isHeld ? 'held' : 'loaded'
  switch (only) {
    case 'all':
      if (state.todo || state.again.length > 0) return { start: why }
      break
    case 'held':
      if (isHeld || state.corrected) return { start: isHeld ? 'held' : why }
      break
    case undefined:
      if (why === 'unloaded' || why === 'changed') return { start: why }
      break
    default:
      if (why === only) return { start: why }
  }
  if (isHeld) return { count: 'held' }
  return { count: why === 'loaded' ? 'upToDate' : 'leftOut' }
}
