/** Holds up who comes to it, one after the other, until it is opened. */
export class HoldUp {
  readonly #waiting: (() => void)[] = []
  #open = false

  /** How many wait. */
  get held(): number {
    return this.#waiting.length
  }

  pass(): Promise<void> {
    return new Promise((resolve) => (this.#open ? resolve() : this.#waiting.push(resolve)))
  }

  /** For all who wait, and all who come. */
  open(): void {
    this.#open = true
    this.letGo(this.#waiting.length)
  }

  letGo(count: number): void {
    for (const goOn of this.#waiting.splice(0, count)) goOn()
  }
}
