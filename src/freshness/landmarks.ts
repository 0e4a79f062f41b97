import type { Span } from '../partitions/windows.ts'
import type { Newest, PartitionFreshness } from './state.ts'

/** A partition and its window. */
export interface Found {
  readonly partition: PartitionFreshness
  /** Undefined of a key that is no partition's. */
  readonly span: Span | undefined
}

/** Those of some partitions, one after the other in time, that stand for what is to come and for what has come. */
export class Landmarks {
  /** The first of each. */
  waiting: Span | undefined
  late: Span | undefined
  #loaded: PartitionFreshness | undefined
  #loadedEnd = 0

  static of(found: readonly Found[]): Landmarks {
    const landmarks = new Landmarks()
    for (const { partition, span } of found) if (span !== undefined) landmarks.pass(partition, span)
    return landmarks
  }

  pass(partition: PartitionFreshness, span: Span): void {
    if (partition.state === 'loaded') {
      this.#loaded = partition
      this.#loadedEnd = span.end
    } else if (partition.state === 'waiting') this.waiting ??= span
    else if (partition.state === 'late') this.late ??= span
  }

  get newest(): Newest | null {
    if (this.#loaded === undefined) return null
    const { key, loadedAt } = this.#loaded
    return { key, endedAt: new Date(this.#loadedEnd).toISOString(), loadedAt }
  }
}
