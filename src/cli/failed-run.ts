import { ApplicationFailure } from '@temporalio/client'

/** A failed activity is wrapped; what it threw says why. */
export function rootOf(error: Error): ApplicationFailure | undefined {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof ApplicationFailure) return cause
  return undefined
}
