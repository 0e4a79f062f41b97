import { expectedKeyOf } from '../loading/expected.ts'
import type { OpenPipeline } from '../loading/open-pipelines.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'

/** Partitions with a loaded file that is still to be moved or deleted: asked for until there is none, and anew after each sweep. */
export class Owed {
  readonly #open: OpenPipeline
  readonly #warehouse: Warehouse
  #mayBe = false
  keys: readonly string[] = []

  constructor(open: OpenPipeline, warehouse: Warehouse) {
    this.#open = open
    this.#warehouse = warehouse
  }

  swept(): void {
    this.#mayBe = this.#open.pipeline.afterLoad.kind !== 'keep'
  }

  async update(signal: AbortSignal): Promise<readonly string[]> {
    if (!this.#mayBe) return this.keys
    const debts = await this.#warehouse.debts(this.#open.pipeline.name, signal)
    this.keys = [...new Set(debts.flatMap(({ path, key }) => (expectedKeyOf(this.#open, path) === undefined ? [] : [key])))]
    this.#mayBe = this.keys.length > 0
    return this.keys
  }
}
