import type { Rejected } from './staged.ts'

/** Thrown when a file's bytes say that it may not be loaded. The message holds no cell. */
export class HeldFile extends Error {
  override readonly name = 'HeldFile'
  readonly rejected: readonly Rejected[]
  /** Of which `rejected` are the first. */
  readonly rejectedCount: number

  constructor(reason: string, rejected: readonly Rejected[] = [], rejectedCount = rejected.length) {
    super(reason)
    this.rejected = rejected
    this.rejectedCount = rejectedCount
  }
}
