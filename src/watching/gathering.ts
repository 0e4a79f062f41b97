import type { Candidate } from '../loading/candidate.ts'
import { FilesByKey } from '../loading/files-by-key.ts'
import { judge } from '../loading/judge.ts'
import type { OpenPipeline } from '../loading/open-pipelines.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'

/** Which partitions wait for a marker, a manifest or more files. They are judged again at news and at their deadline, not at each look. */
export class Gathering {
  readonly #open: OpenPipeline
  readonly #warehouse: Warehouse
  readonly #leftAlone = new Map<string, number>()
  #files: FilesByKey

  constructor(open: OpenPipeline, warehouse: Warehouse) {
    this.#open = open
    this.#warehouse = warehouse
    this.#files = new FilesByKey(open)
  }

  /** A complete listing has found these. */
  swept(files: FilesByKey): void {
    this.#files = files
    this.news()
  }

  /** Something has come or gone, which may be a marker. */
  news(): void {
    this.#leftAlone.clear()
  }

  found(files: Parameters<FilesByKey['add']>[0]): void {
    this.#files.add(files)
  }

  gone(key: string, path: string): void {
    this.#files.remove(key, path)
  }

  isDue(key: string): boolean {
    return performance.now() >= (this.#leftAlone.get(key) ?? 0)
  }

  /** Of settled files those that may be loaded. */
  async ready(settled: readonly Candidate[], unsettled: ReadonlySet<string>): Promise<readonly Candidate[]> {
    const { ready, waiting, deadlineInMs } = await judge({
      open: this.#open,
      warehouse: this.#warehouse,
      candidates: settled,
      filesOf: (key) => this.#files.count(key),
      unsettled,
    })
    const some = new Set(ready.map(({ key }) => key))
    for (const { candidate } of waiting) {
      const { key } = candidate
      if (some.has(key) || unsettled.has(key)) continue
      this.#leftAlone.set(key, performance.now() + (deadlineInMs.get(key) ?? Number.POSITIVE_INFINITY))
    }
    return ready
  }

  /** Until the first deadline; infinite when there is none. */
  nextDueMs(): number {
    return Math.max(0, Math.min(Number.POSITIVE_INFINITY, ...this.#leftAlone.values()) - performance.now())
  }
}
