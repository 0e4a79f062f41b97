import type { OpenPipelines } from '../loading/open-pipelines.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { Watcher } from './watcher.ts'

/** A scheduled pipeline has no sensor; one that is started for it by hand looks as often as the default. */
const DEFAULT_EVERY_MS = 30_000

/** One watcher a pipeline for as long as the worker lives, so that a turn that ends early loses nothing. */
export class Watchers implements AsyncDisposable {
  readonly #pipelines: OpenPipelines
  readonly #warehouse: Warehouse
  readonly #watchers = new Map<string, Watcher>()

  constructor(pipelines: OpenPipelines, warehouse: Warehouse) {
    this.#pipelines = pipelines
    this.#warehouse = warehouse
  }

  get(pipeline: string): Watcher {
    const open = this.#pipelines.get(pipeline)
    const watcher =
      this.#watchers.get(pipeline) ?? new Watcher(open, this.#warehouse, open.pipeline.sensor?.everyMs ?? DEFAULT_EVERY_MS)
    this.#watchers.set(pipeline, watcher)
    return watcher
  }

  /** Whether this process has looked through a source, or could not. */
  hasLooked(pipeline: string): boolean {
    const watcher = this.#watchers.get(pipeline)
    return watcher !== undefined && (watcher.lastSweep !== undefined || watcher.failing !== null)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#watchers.values()].map((watcher) => watcher[Symbol.asyncDispose]()))
  }
}
