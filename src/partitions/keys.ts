import { readWall } from './key-format.ts'
import type { Partitions, TimePartitions, Window } from './partitions.ts'
import { wallStartOf, windowAt, windowOf } from './windows.ts'

/** A key is part of a workflow id, which the server limits. */
export const MAX_KEY_BYTES = 200

export type Verdict =
  | { readonly verdict: 'valid' }
  | { readonly verdict: 'invalid'; readonly reason: string }
  /** A right key of a partition before `start` or after `end`. */
  | { readonly verdict: 'outside'; readonly reason: string }

/** Whether a key that was found in a path, or given by a person, is one of these partitions. */
export function judgeKey(partitions: Partitions, key: string): Verdict {
  const bytes = utf8Bytes(key)
  if (bytes === 0) return { verdict: 'invalid', reason: 'empty key' }
  if (bytes > MAX_KEY_BYTES) return { verdict: 'invalid', reason: `key of ${bytes} bytes; at most ${MAX_KEY_BYTES}` }
  if (partitions.kind === 'dynamic') return { verdict: 'valid' }

  const window = windowOf(partitions, key)
  if (!window) return { verdict: 'invalid', reason: whyNoWindow(partitions, key) }
  const { first, last } = boundsOf(partitions)
  if (first && window.start < first.start)
    return { verdict: 'outside', reason: `${key} is before the first partition, ${first.key}` }
  if (last && window.start > last.start) return { verdict: 'outside', reason: `${key} is after the last partition, ${last.key}` }
  return { verdict: 'valid' }
}

/** How keys are written, with an example: `yyyy-MM-dd, such as 2018-01-22`. */
export function expectedForm(partitions: TimePartitions): string {
  const example = windowAt(partitions, new Date('2018-01-22T12:00:00Z'))
  return `${partitions.format}, such as ${example.key}`
}

interface Bounds {
  readonly first: Window | undefined
  readonly last: Window | undefined
}

/** A sweep judges the key of every file, and reading these again would take most of its time. */
const bounds = new WeakMap<TimePartitions, Bounds>()

function boundsOf(partitions: TimePartitions): Bounds {
  const known = bounds.get(partitions)
  if (known) return known
  const { start, end } = partitions
  const read: Bounds = { first: windowOf(partitions, start), last: end === undefined ? undefined : windowOf(partitions, end) }
  bounds.set(partitions, read)
  return read
}

function whyNoWindow(partitions: TimePartitions, key: string): string {
  const quoted = JSON.stringify(key)
  if (wallStartOf(partitions, key) !== undefined) {
    return `${quoted} does not exist in ${partitions.timezone}: the clocks jump over it`
  }
  const why = readWall(partitions.format, key) === undefined ? 'is no key of' : 'is not the start of one of'
  return `${quoted} ${why} these ${partitions.kind} partitions; expected ${expectedForm(partitions)}`
}

function utf8Bytes(text: string): number {
  let bytes = 0
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}
