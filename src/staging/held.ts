import type { Rejected } from './staged.ts'

/** Thrown when a file's bytes say that it may not be loaded. The message holds no cell. */
export class HeldFile extends Error {
  override readonly name = 'HeldFile'
  readonly rejected: readonly Rejected[]

  constructor(reason: string, rejected: readonly Rejected[] = []) {
    super(reason)
    this.rejected = rejected
  }
}
