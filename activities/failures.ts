import { ApplicationFailure } from '@temporalio/common'
import { TidemarkError } from '../src/errors.ts'

/** Gives Temporal the code of our errors as the failure's type, and whether trying again can help. */
export async function withFailures<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error
    // Not its cause: the texts of other programs may quote rows.
    throw ApplicationFailure.create({ type: error.code, message: error.message, nonRetryable: !error.retryable })
  }
}
