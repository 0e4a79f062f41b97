import { TidemarkError } from '../errors.ts'
import { readWall, writeWall } from './key-format.ts'
import type { Partitions, TimePartitions, Window } from './partitions.ts'
import { floorWall, instantOf, nextWall, type WallTime, wallAt } from './wall-clock.ts'

/** The window of a key, whether or not it lies between `start` and `end`; undefined when no window has that key. */
export function windowOf(partitions: Partitions, key: string): Window | undefined {
  if (partitions.kind === 'dynamic') return undefined
  const wall = wallStartOf(partitions, key)
  if (wall === undefined) return undefined
  const window = windowFrom(partitions, wall)
  // The clocks jump over an hour in spring, and Samoa jumped over a whole day: nothing can have been made in it.
  return window.start < window.end ? window : undefined
}

/** The wall-clock start that a key names, also when the clocks jump over the whole window. */
export function wallStartOf(partitions: TimePartitions, key: string): WallTime | undefined {
  const read = readWall(partitions.format, key)
  if (read === undefined) return undefined
  // A key need not write the hour at which an offset begins its window: then it reads as a time before that.
  const floor = floorWall(partitions, read)
  return [floor, nextWall(partitions, floor)].find((start) => writeWall(partitions.format, start) === key)
}

/** The window that an instant lies in. */
export function windowAt(partitions: TimePartitions, instant: Date): Window {
  let window = windowFrom(partitions, floorWall(partitions, wallAt(partitions.timezone, instant.getTime())))
  // Clocks that go back across a boundary show the earlier window's time again; that window has ended for good.
  while (window.end <= instant) window = next(partitions, window)
  return window
}

/** The latest window that has ended by an instant. */
export function lastWhole(partitions: TimePartitions, instant: Date): Window {
  return previous(partitions, windowAt(partitions, instant))
}

export function previous(partitions: TimePartitions, window: Window): Window {
  return windowAt(partitions, new Date(window.start.getTime() - 1))
}

export function next(partitions: TimePartitions, window: Window): Window {
  return windowFrom(partitions, floorWall(partitions, wallAt(partitions.timezone, window.end.getTime())))
}

/** From one key to another, both included. Raises `UsageError` when a key has no window or `from` is after `to`. */
export function windows(partitions: TimePartitions, fromKey: string, toKey: string): Generator<Window> {
  const from = knownWindow(partitions, fromKey)
  const to = knownWindow(partitions, toKey)
  if (from.start > to.start) {
    throw new TidemarkError('UsageError', `the range of partitions runs backwards: ${fromKey} is after ${toKey}; swap the two`)
  }
  return walk(partitions, from, to.end)
}

/** A window's key, and its start and end in milliseconds since 1970. */
export interface Span {
  readonly key: string
  readonly start: number
  readonly end: number
}

/** Every window from `start` to `end` that has ended by an instant: in numbers, for there may be a hundred thousand. */
export function* expectedSpans(partitions: TimePartitions, instant: Date): Generator<Span> {
  const { timezone, format } = partitions
  const first = knownWindow(partitions, partitions.start).start.getTime()
  const last = partitions.end === undefined ? instant : knownWindow(partitions, partitions.end).end
  const until = Math.min(last.getTime(), instant.getTime())
  for (let start = first, end = first; ; start = end) {
    const wall = floorWall(partitions, wallAt(timezone, start))
    end = instantOf(timezone, nextWall(partitions, wall))
    if (end > until) return
    yield { key: writeWall(format, wall), start, end }
  }
}

function* walk(partitions: TimePartitions, first: Window, until: Date): Generator<Window> {
  for (let window = first; window.end <= until; window = next(partitions, window)) yield window
}

function knownWindow(partitions: TimePartitions, key: string): Window {
  const window = windowOf(partitions, key)
  if (window) return window
  throw new TidemarkError(
    'UsageError',
    `${JSON.stringify(key)} is no ${partitions.kind} partition; keys are written as ${partitions.format}`,
  )
}

function windowFrom(partitions: TimePartitions, wall: WallTime): Window {
  const { timezone, format } = partitions
  return {
    key: writeWall(format, wall),
    start: new Date(instantOf(timezone, wall)),
    end: new Date(instantOf(timezone, nextWall(partitions, wall))),
  }
}
