import { type ErrorCode, messageOf, TidemarkError } from '../errors.ts'
import { duckdbErrorKind } from './sandbox.ts'

/** A check that cannot be asked of one file may well be asked of the next, so it says nothing of the others. */
const OF_A_FILE: readonly ErrorCode[] = ['CheckBroken', 'FileUnreadable', 'SourceUnavailable']
/** What DuckDB meets on this machine, whatever file it reads. */
const KINDS_OF_MACHINE = ['IO Error', 'Out of Memory Error', 'Permission Error']

/**
 * Why a file cannot be judged now, when that is no reason to leave out those beside it; undefined for what would have met them too: a
 * full disk, a fault of ours.
 */
export function faultOfFile(error: unknown): TidemarkError | undefined {
  if (error instanceof TidemarkError) return OF_A_FILE.includes(error.code) ? error : undefined
  const kind = duckdbErrorKind(error)
  if (!isOfDuckdb(error) || KINDS_OF_MACHINE.includes(kind)) return undefined
  return duckdbFailed(kind, error)
}

/** The text of the error itself may repeat cells. */
export function duckdbFailed(kind: string, error: unknown): TidemarkError {
  return new TidemarkError('FileUnreadable', `DuckDB failed while it read the file: ${kind}`, { cause: error })
}

export function isOfDuckdb(error: unknown): boolean {
  return !(error instanceof TidemarkError) && / Error: /.test(messageOf(error))
}
