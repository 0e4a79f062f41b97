import type { CheckResult } from '../checks/check.ts'
import type { TidemarkError } from '../errors.ts'

/**
 * What became of one file. `reason` is shown to people and leaves the machine: it names lines, columns and counts,
 * never a cell. Cells are in `rejected` and in the samples of `checks`, which only the warehouse gets.
 */
export type Staged =
  | {
      readonly verdict: 'good'
      readonly path: string
      /** Parquet in the staging folder: columns in declared order, and behind them of which partition and file each row is. */
      readonly rowsFile: string
      /** The rows of so many files are in there. */
      readonly sharedBy: number
      readonly rows: number
      readonly contentHash: string
      readonly checks: readonly CheckResult[]
      /** The rows that it was loaded without: the first of them, and how many there are. */
      readonly rejected: readonly Rejected[]
      readonly rejectedCount: number
      /** Columns that are not declared and that the table may not have yet; lower-case in `rowsFile`. */
      readonly added: readonly string[]
    }
  | { readonly verdict: 'same'; readonly path: string; readonly contentHash: string }
  | {
      readonly verdict: 'held'
      readonly path: string
      readonly reason: string
      readonly contentHash?: string
      readonly checks: readonly CheckResult[]
      /** The first of them. */
      readonly rejected: readonly Rejected[]
      /** How many there are in all; as many as are in `rejected`, unless it says more. */
      readonly rejectedCount?: number
    }
  /** Nothing can be said of it now; it is tried again. */
  | { readonly verdict: 'unreadable'; readonly path: string; readonly error: TidemarkError }

/** One bad record, or one bad cell of it. */
export interface Rejected {
  readonly line: number | null
  readonly column: string | null
  readonly error: string
  /** The record as it is in the file, cut to its first characters. */
  readonly text: string
}

/** Enough for a person to see what is wrong; a file of a million bad rows must not fill the warehouse. */
export const MAX_REJECTED = 1_000
