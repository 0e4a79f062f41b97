import type { Freshness, FreshnessState, PartitionFreshness } from '../freshness/state.ts'
import type { PartitionLine, PartitionPage } from './page-data.ts'
import { pageOf } from './pages.ts'

export interface PartitionFilter {
  readonly state?: FreshnessState | undefined
  /** `2018`, or `2018-01-22`: partitions that begin then. `undated`: those that are no date. */
  readonly within?: string | undefined
  /** A part of the key. */
  readonly text?: string | undefined
  readonly page: number
}

const ON_A_PAGE = 50

/** The newest first. */
export function partitionPage({ partitions }: Freshness, { state, within, text, page: asked }: PartitionFilter): PartitionPage {
  const chosen = partitions.filter(
    (partition) =>
      (state === undefined || partition.state === state) &&
      (within === undefined || (partition.start === null ? within === 'undated' : partition.start.startsWith(within))) &&
      (text === undefined || partition.key.includes(text)),
  )
  const { page, pages, offset } = pageOf(chosen.length, asked, ON_A_PAGE)
  const end = chosen.length - offset
  const shown = chosen.slice(Math.max(0, end - ON_A_PAGE), end).reverse()
  return { total: chosen.length, page, pages, partitions: shown.map(lineOf) }
}

export function lineOf({ key, state, files, rows, loadedAt, dueAt, reason }: PartitionFreshness): PartitionLine {
  return { key, state, files, rows, loadedAt, dueAt, reason }
}
