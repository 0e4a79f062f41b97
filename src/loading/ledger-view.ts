import type { Listed } from '../sources/source.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { KnownVersions } from './known-versions.ts'

/** After so long the ledger is read anew, whatever is known of it. */
const TRUSTED_MS = 10 * 60_000

interface LedgerAt {
  readonly generation: string | undefined
  /** Just now, as a whole. */
  readonly isRead: boolean
}

/** What this process knows of a pipeline's ledger, from one sweep to the next. */
export class LedgerView {
  /** As source and ledger agreed when they were compared. */
  known = new KnownVersions()
  /** Paths of partitions that are not this pipeline's. */
  #outside = new KnownVersions()
  #generation: string | undefined
  #trustedUntil = 0
  #last: Promise<unknown> = Promise.resolve()

  /** Runs one piece of work after the other. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** Reads the ledger, if it is another one than last time or was not read for long; says so, and which one it is. */
  async refresh(warehouse: Warehouse, pipeline: string, signal: AbortSignal): Promise<LedgerAt> {
    const generation = await warehouse.generation()
    if (generation !== undefined && generation === this.#generation && performance.now() < this.#trustedUntil)
      return { generation, isRead: false }
    this.#generation = undefined
    this.known = new KnownVersions() // the old one goes before the new one comes: both would take twice the memory
    await warehouse.visitVersions(
      pipeline,
      (rows) => {
        this.known = new KnownVersions(rows)
        return ({ path, sequence, fingerprint, isExpected }) => this.known.add(path, sequence, fingerprint, isExpected)
      },
      signal,
    )
    this.#trustedUntil = performance.now() + TRUSTED_MS
    return { generation, isRead: true }
  }

  /** Which ledger it is of; undefined before the first comparison. */
  get generation(): string | undefined {
    return this.#generation
  }

  /** Another process has compared this ledger with what is not listed here for now; the next sweep reads it. */
  goOn(generation: string): void {
    this.#generation ??= generation
  }

  /** Whether the ledger is still the one that was read. */
  async isOf(warehouse: Warehouse): Promise<boolean> {
    return this.#generation !== undefined && this.#generation === (await warehouse.generation())
  }

  /** The warehouse is made by its first use, which must not look like another one; one that came in the middle must. */
  async swept({ generation }: LedgerAt, warehouse: Warehouse): Promise<void> {
    this.#generation = generation ?? (await warehouse.generation())
  }

  isOutside({ path }: Listed): boolean {
    return this.#outside.has(path, '')
  }

  addOutside({ path }: Listed): void {
    this.#outside.set(path, '')
  }
}
