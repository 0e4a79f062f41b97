import { TidemarkError } from '../errors.ts'
import { judgeKey } from '../partitions/keys.ts'
import type { Partitions, TimePartitions, Window } from '../partitions/partitions.ts'
import { lastWhole, next, previous, windowOf } from '../partitions/windows.ts'
import type { BackfillRequest } from './request.ts'

/** So many partitions are looked at together: what is kept of them in memory is bounded by it. */
export const STRETCH = 10_000

/** A piece of the partitions that a backfill is of, in its order. */
export interface Stretch {
  /** Whether a listing is to look at files of this partition. */
  wants(key: string): boolean
  /** A file of a wanted partition is there. */
  found(key: string): void
  /** When the listing has ended: all of them, in order. */
  keys(): readonly string[]
  /** About how many partitions come after these. */
  beyond(): number
}

export interface StretchRequest extends Pick<BackfillRequest, 'from' | 'to' | 'partitions' | 'newestFirst'> {
  /** The clock that says which partition is the last whole one, in milliseconds. */
  readonly at: number
  /** The partition before the first one; undefined at the beginning. */
  readonly after?: string | undefined
}

/** @throws TidemarkError UsageError: no such partition, or a range that runs backwards */
export function stretchOf(partitions: Partitions, request: StretchRequest, size = STRETCH): Stretch {
  if (request.partitions !== undefined) return listed(partitions, request, request.partitions, size)
  return partitions.kind === 'dynamic' ? ofTheSource(request, size) : ofTime(partitions, request, size)
}

function fixed(keys: readonly string[], beyond: number): Stretch {
  const wanted = new Set(keys)
  return { wants: (key) => wanted.has(key), found: () => undefined, keys: () => keys, beyond: () => beyond }
}

function listed(partitions: Partitions, request: StretchRequest, named: readonly string[], size: number): Stretch {
  for (const key of named) requireKey(partitions, key)
  const before = order(partitions, request)
  const { after } = request
  const keys = [...new Set(named)].sort(before).filter((key) => after === undefined || before(after, key) < 0)
  return fixed(keys.slice(0, size), Math.max(0, keys.length - size))
}

/** How partitions follow each other: by time, or by their text. */
function order(partitions: Partitions, { newestFirst }: StretchRequest): (one: string, other: string) => number {
  const sign = newestFirst ? -1 : 1
  if (partitions.kind === 'dynamic') return (one, other) => sign * compareTexts(one, other)
  const startOf = (key: string) => windowOf(partitions, key)?.start.getTime() ?? 0
  return (one, other) => sign * (startOf(one) - startOf(other))
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function ofTime(partitions: TimePartitions, request: StretchRequest, size: number): Stretch {
  const { first, last } = rangeOf(partitions, request)
  const { newestFirst = false, after } = request
  const step = newestFirst ? previous : next
  const past = after === undefined ? undefined : requireKey(partitions, after)
  const isInside = (window: Window) => window.start >= first.start && window.start <= last.start
  const keys: string[] = []
  let window = past === undefined ? (newestFirst ? last : first) : step(partitions, past)
  for (; keys.length < size && isInside(window); window = step(partitions, window)) keys.push(window.key)
  if (!isInside(window)) return fixed(keys, 0)
  const left = newestFirst ? window.end.getTime() - first.start.getTime() : last.end.getTime() - window.start.getTime()
  return fixed(keys, Math.round(left / (window.end.getTime() - window.start.getTime())))
}

/** Both included. */
function rangeOf(partitions: TimePartitions, { from, to, at }: StretchRequest): { first: Window; last: Window } {
  const first = requireKey(partitions, from ?? partitions.start)
  const last = to === undefined ? lastDue(partitions, at) : requireKey(partitions, to)
  if (first.start <= last.start) return { first, last }
  if (to !== undefined) throw backwards(first.key, last.key)
  throw new TidemarkError(
    'UsageError',
    `no partition from ${first.key} on is whole yet: the last one is ${last.key}; name an end with --to`,
  )
}

function lastDue(partitions: TimePartitions, at: number): Window {
  const whole = lastWhole(partitions, new Date(at))
  const end = partitions.end === undefined ? undefined : windowOf(partitions, partitions.end)
  return end !== undefined && end.start < whole.start ? end : whole
}

function backwards(from: string, to: string): TidemarkError {
  return new TidemarkError('UsageError', `the range of partitions runs backwards: ${from} is after ${to}; swap the two`)
}

function requireKey(partitions: TimePartitions, key: string): Window
function requireKey(partitions: Partitions, key: string): Window | undefined
function requireKey(partitions: Partitions, key: string): Window | undefined {
  const judged = judgeKey(partitions, key)
  if (judged.verdict !== 'valid') throw new TidemarkError('UsageError', `there is no such partition: ${judged.reason}`)
  return windowOf(partitions, key)
}

/** Dynamic partitions are those that have files: the first few after the last one, of all that a listing finds. */
function ofTheSource(request: StretchRequest, size: number): Stretch {
  const { from, to, after, newestFirst = false } = request
  if (from !== undefined && to !== undefined && from > to) throw backwards(from, to)
  const sign = newestFirst ? -1 : 1
  const follows = (key: string, other: string) => sign * compareTexts(key, other) > 0
  const kept = new Set<string>()
  let bound: string | undefined
  let beyond = 0
  const isInside = (key: string) =>
    (from === undefined || key >= from) && (to === undefined || key <= to) && (after === undefined || follows(key, after))
  const sorted = () => [...kept].sort((one, other) => sign * compareTexts(one, other))
  const cut = () => {
    const keys = sorted()
    for (const key of keys.slice(size)) kept.delete(key)
    beyond += Math.max(0, keys.length - size)
    bound = keys.length > size ? keys[size - 1] : bound
  }
  return {
    wants(key) {
      if (!isInside(key) || judgeKey({ kind: 'dynamic' }, key).verdict !== 'valid') return false
      if (bound === undefined || !follows(key, bound)) return true
      beyond += 1
      return false
    },
    found(key) {
      if (bound !== undefined && follows(key, bound)) return
      kept.add(key)
      if (kept.size >= 2 * size) cut()
    },
    keys() {
      cut()
      return sorted()
    },
    beyond: () => beyond,
  }
}
