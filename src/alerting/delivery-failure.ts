/** Why an alert did not arrive. Neither an address nor what somebody answered is in its message. */
export class DeliveryFailure extends Error {
  override readonly name = 'DeliveryFailure'
  readonly retryable: boolean
  /** How long the receiver asks to be left alone. */
  readonly retryAfterMs: number | undefined

  constructor(message: string, { retryable, retryAfterMs }: { retryable: boolean; retryAfterMs?: number | undefined }) {
    super(message)
    this.retryable = retryable
    this.retryAfterMs = retryAfterMs
  }
}
