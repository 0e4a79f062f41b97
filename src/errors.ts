/**
 * Every error that Tidemark itself raises: what was expected, what came, where, and how to mend it.
 * The code is the failure type that Temporal shows; `retryable` says whether trying again can help.
 */
const CATALOGUE = {
  ConfigInvalid: { retryable: false },
  UsageError: { retryable: false },
  AlreadyRunning: { retryable: false },
  ServerUnavailable: { retryable: true },
  PortTaken: { retryable: false },
  WorkerUnavailable: { retryable: true },
  SourceUnavailable: { retryable: true },
  FileUnreadable: { retryable: true },
  CheckBroken: { retryable: true },
  StagingFailed: { retryable: true },
  WarehouseBusy: { retryable: true },
  WarehouseFailed: { retryable: true },
  ClaimLost: { retryable: true },
  PipelineUnknown: { retryable: true },
  FileHeld: { retryable: false },
  PartitionMissing: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>

export type ErrorCode = keyof typeof CATALOGUE

export class TidemarkError extends Error {
  override readonly name = 'TidemarkError'
  readonly code: ErrorCode
  /** How long the other side asks to be left alone. */
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAfterMs?: number | undefined } = {}) {
    super(message, options)
    this.code = code
    this.retryAfterMs = options.retryAfterMs
  }

  get retryable(): boolean {
    return CATALOGUE[this.code].retryable
  }
}

/** The message of anything that was thrown. An error of another realm, such as Temporal's sandbox or jest's, is no `Error` here. */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error)
  return typeof error.message === 'string' ? error.message : String(error)
}

/** The system error code, such as `ENOENT`, of anything that was thrown. */
export function systemCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
