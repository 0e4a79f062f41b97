import type { Pipeline } from '../config/pipeline.ts'
import { windowOf } from '../partitions/windows.ts'
import type { Candidate } from './candidate.ts'
import { byKey } from './judge.ts'

/** More bytes in one transaction win little, and more is lost with it. */
const CHUNK_BYTES = 256 * 1024 * 1024
/** Until the first one is staged nothing is published, and the two go on at the same time from then on. */
const FIRST_CHUNK_FILES = 500

/** What a batch loads in one step each. The files of one partition stay together, also where they are more than that. */
export function* chunks(
  pipeline: Pick<Pipeline, 'initial' | 'partitions'>,
  candidates: readonly Candidate[],
  /** Of keys, where the config's order does not count. */
  compare?: (one: string, other: string) => number,
): Generator<readonly Candidate[]> {
  let most = Math.min(pipeline.initial.atOnce, FIRST_CHUNK_FILES)
  let chunk: Candidate[] = []
  let bytes = 0
  const partitions = byKey(candidates)
  const sorted = compare === undefined ? inOrder(pipeline, partitions) : inOrderOf(compare, partitions)
  for (const files of sorted) {
    const size = files.reduce((sum, { listed }) => sum + listed.size, 0)
    if (chunk.length > 0 && (chunk.length + files.length > most || bytes + size > CHUNK_BYTES)) {
      yield chunk
      most = pipeline.initial.atOnce
      chunk = []
      bytes = 0
    }
    chunk.push(...files)
    bytes += size
  }
  if (chunk.length > 0) yield chunk
}

function inOrderOf(compare: (one: string, other: string) => number, keys: ReadonlyMap<string, readonly Candidate[]>) {
  return [...keys].sort(([one], [other]) => compare(one, other)).map(([, files]) => files)
}

/** By their keys, unless an order by time is asked for; those of one time by their keys. */
function inOrder(
  { initial: { order }, partitions }: Pick<Pipeline, 'initial' | 'partitions'>,
  keys: ReadonlyMap<string, readonly Candidate[]>,
): readonly (readonly Candidate[])[] {
  const sorted = [...keys].sort(([one], [other]) => (one < other ? -1 : 1))
  if (order !== undefined) {
    const sign = order === 'oldest' ? 1 : -1
    const times = new Map(sorted.map(([key, files]) => [key, timeOf(key, files)]))
    sorted.sort(([one], [other]) => sign * ((times.get(one) ?? 0) - (times.get(other) ?? 0)))
  }
  return sorted.map(([, files]) => files)

  /** What is no partition's, and will be held, has no time but that of its files. */
  function timeOf(key: string, files: readonly Candidate[]): number {
    const window = windowOf(partitions, key)
    if (window !== undefined) return window.start.getTime()
    const modified = files.map(({ listed }) => listed.modifiedAt.getTime())
    return order === 'newest' ? Math.max(...modified) : Math.min(...modified)
  }
}
