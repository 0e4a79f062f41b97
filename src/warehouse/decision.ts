import { TidemarkError } from '../errors.ts'
import type { FileStatus, LedgerEntry } from './ledger.ts'
import { SAME_BYTES } from './same-bytes.ts'

export type Decision = 'retry' | 'release' | 'remove'

/** What a person decides of one file. */
export interface DecisionRequest {
  readonly decision: Decision
  readonly reason: string | null
  readonly by: string | null
  /** The version that was looked at; a release needs it. */
  readonly fingerprint?: string
  /** Tells a request that is made again from another one like it; now by default. */
  readonly at?: Date
}

/** Many files are to be loaded again as they are; `at` tells the request that is made again from another one. */
export interface RetryRequest extends Pick<DecisionRequest, 'reason' | 'by'> {
  readonly at: Date
}

/** A decision that waits for a load of its partition. */
export interface OpenDecision {
  readonly path: string
  readonly key: string
  readonly decision: Decision
  readonly sequence: number
  readonly fingerprint: string
  readonly status: FileStatus
}

export function isOpen({ decision, carried_out_at }: LedgerEntry): boolean {
  return decision !== null && carried_out_at === null
}

/** @throws TidemarkError UsageError: it cannot be decided so, and what to do instead */
export function requireDecidable(path: string, versions: readonly LedgerEntry[], request: DecisionRequest): LedgerEntry {
  const newest = versions.at(-1)
  const fault =
    newest === undefined
      ? 'it was never loaded nor held, so there is nothing to decide; `tidemark explain` says what it waits for'
      : faultOf(newest, versions, request)
  if (newest === undefined || fault !== undefined)
    throw new TidemarkError('UsageError', `cannot ${request.decision} ${JSON.stringify(path)}: ${fault}`)
  return newest
}

function faultOf(newest: LedgerEntry, versions: readonly LedgerEntry[], request: DecisionRequest): string | undefined {
  switch (request.decision) {
    case 'retry':
      return undefined
    case 'remove':
      return versions.some(({ status }) => status === 'loaded') ? undefined : 'none of its rows are in the table'
    case 'release':
      return releaseFault(newest, request)
  }
}

function releaseFault({ status, error, checks, fingerprint }: LedgerEntry, request: DecisionRequest): string | undefined {
  if (request.reason === null) return 'say why it may be loaded, with a reason'
  if (request.fingerprint === undefined) return 'name the fingerprint of the version that you mean; `tidemark explain` prints it'
  if (request.fingerprint !== fingerprint) return CHANGED
  if (status !== 'held') return `it is ${status}, not held`
  const releasable = checks.some(({ blocking, passed }) => blocking && !passed) || error?.startsWith(SAME_BYTES)
  return releasable
    ? undefined
    : `no check has failed, it is held for what it is (${error}); mend the file, or the config and then \`tidemark retry\` it`
}

export const CHANGED = 'it has changed since; look at it again with `tidemark explain`'
