import type { DaysOff } from './days-off.ts'

/** When a pipeline's partitions are expected, and what is enough. Every default is filled in. */
export interface Expect {
  readonly due: Due
  /** After it is due. */
  readonly lateAfterMs: number
  readonly missingAfterMs: number
  /** Fewer are not enough. */
  readonly files: number
  readonly rows: number
  readonly except: DaysOff
}

export type Due =
  /** At the first tick after the end of a partition's window. */
  | { readonly at: 'tick'; readonly cron: string; readonly timezone: string }
  /** So long after the end of its window. */
  | { readonly at: 'end'; readonly afterMs: number }
  /** A partition that was never seen before, at least so often. */
  | { readonly at: 'next'; readonly everyMs: number }
  /** Nobody knows when: what is there must be enough. */
  | { readonly at: 'arrival' }
