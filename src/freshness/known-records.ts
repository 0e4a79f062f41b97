import type { PartitionRecord } from '../warehouse/partition-record.ts'

/** Records by their keys, found fast where they are asked for in their own order. */
export class KnownRecords {
  readonly #records: readonly PartitionRecord[]
  #next = 0
  #byKey: Map<string, PartitionRecord> | undefined

  constructor(records: readonly PartitionRecord[]) {
    this.#records = records
  }

  find(key: string): PartitionRecord | undefined {
    const next = this.#records[this.#next]
    if (next?.key !== key) return this.#search(key)
    this.#next += 1
    return next
  }

  #search(key: string): PartitionRecord | undefined {
    this.#byKey ??= new Map(this.#records.map((record) => [record.key, record]))
    return this.#byKey.get(key)
  }
}
