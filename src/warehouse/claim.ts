import type { Pipeline } from '../config/pipeline.ts'

/** The workflow run on whose behalf a load works. */
export interface Run {
  readonly workflowId: string
  readonly runId: string
}

/** A live mark on a partition. */
export interface Holder extends Run {
  readonly key: string
  readonly claim: string
}

/** A claim that has not ended: of a load that lives, or of one that was killed and has not been taken over. */
export interface Standing extends Run {
  readonly pipeline: string
  readonly claim: string
}

export interface ClaimRequest {
  readonly pipeline: Pick<Pipeline, 'name' | 'table'>
  readonly keys: readonly string[]
  /** The random mark to write. */
  readonly claim: string
  readonly run: Run
  /** Whose marks may be written over: anybody's, or those of loads that are known to have ended. */
  readonly over: 'any' | ReadonlySet<string>
}

export interface Claimed {
  readonly claimed: readonly string[]
  readonly refused: readonly Holder[]
  /** How many loads in a row have left their mark on a claimed partition without an end; those that are not here have none. */
  readonly deaths: ReadonlyMap<string, number>
}

/** A partition that is left alone until `notBefore`, because what it needs could not be reached, read or stored. */
export interface Backoff {
  readonly key: string
  readonly tries: number
  readonly error: string
  readonly notBefore: Date
}
