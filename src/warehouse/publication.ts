import type { CheckResult } from '../checks/check.ts'
import type { Pipeline } from '../config/pipeline.ts'
import type { Listed } from '../sources/source.ts'
import type { Rejected } from '../staging/staged.ts'
import type { Run } from './claim.ts'
import type { Decision } from './decision.ts'

interface Handled {
  readonly listed: Listed
  readonly key: string
  /** Its version was left out at first: what it comes to stands in for that entry. */
  readonly ignoredBefore?: boolean
  /** The decision that this carries out; left out where the ledger has it no more. */
  readonly decision?: Exclude<Decision, 'remove'>
  readonly contentHash: string | undefined
  readonly checks: readonly CheckResult[]
  readonly firstSeenAt: Date
  readonly settledAt: Date
}

/** What became of one version of a file. */
export type Outcome = Handled &
  (
    | {
        readonly verdict: 'good'
        readonly rowsFile: string
        /** The rows of so many files are in there; of this one alone by default. */
        readonly sharedBy?: number
        readonly rows: number
        /** Rows that it is loaded without: none, unless it says so. */
        readonly rejected?: readonly Rejected[]
        readonly rejectedCount?: number
        /** Columns of it that the table may not have yet; lower-case in `rowsFile`. */
        readonly added?: readonly string[]
        /** Another path that is loaded with the same bytes; publishing finds it. */
        readonly duplicateOf?: string
      }
    | { readonly verdict: 'duplicate'; readonly duplicateOf: string }
    | { readonly verdict: 'same' }
    | {
        readonly verdict: 'held'
        readonly reason: string
        readonly rejected: readonly Rejected[]
        readonly rejectedCount?: number
      }
  )

/** A loaded file that is to be moved or deleted at its source. */
export interface Debt {
  readonly path: string
  readonly key: string
  readonly sequence: number
  readonly fingerprint: string
  /** Why the last try failed. */
  readonly error: string | null
}

/** What came of a try: done, or its `error`. `stays`: the file is where it was. */
export type TriedDebt = Debt & { readonly movedTo?: string | undefined; readonly stays?: boolean }

/** A file that was looked for at its path, and was not there. */
export interface GoneFile {
  readonly path: string
  readonly key: string
}

export interface Publication {
  readonly pipeline: Pipeline
  readonly claim: string
  readonly keys: readonly string[]
  readonly outcomes: readonly Outcome[]
  readonly gone?: readonly GoneFile[]
  /** Partitions to leave alone for a while, longer each time, with the reason: not all of them could be read or stored. */
  readonly postponed?: ReadonlyMap<string, string>
  /** Partitions with a file that is tried again at once: how often they have failed before is not forgotten. */
  readonly unfinished?: readonly string[]
  /** A partition that the table refuses is left alone also when it is the only one; else that is thrown. */
  readonly leaveRefused?: boolean
  readonly run: Run
}

export interface Published {
  /** The partitions whose claim was still this one. */
  readonly keys: readonly string[]
  /** What is in the ledger now. */
  readonly outcomes: readonly Outcome[]
  /** Those that the ledger did not know to be gone. */
  readonly gone: readonly GoneFile[]
  /** Partitions that broke a transaction of their own: nothing of them is published, and they are left alone for a while with this reason. */
  readonly refused: ReadonlyMap<string, string>
}
