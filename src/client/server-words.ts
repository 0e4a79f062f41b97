import { isGrpcServiceError } from '@temporalio/client'

/** What the Temporal server has answered instead of doing what it was asked; undefined for any other error. */
export function serverWords(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isGrpcServiceError(cause)) return cause.details
  }
  return undefined
}
