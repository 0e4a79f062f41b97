import type { OpenPipeline } from './open-pipelines.ts'

/** What a listing finds, where it matters how many files a partition has. */
export class FilesByKey {
  /** Whether anybody asks. */
  readonly counts: boolean
  readonly #paths = new Map<string, Set<string>>()

  constructor({ pipeline }: OpenPipeline) {
    this.counts = pipeline.arrival?.files !== undefined
  }

  add(files: readonly { readonly listed: { readonly path: string }; readonly key: string }[]): void {
    if (!this.counts) return
    for (const { listed, key } of files) {
      const paths = this.#paths.get(key)
      if (paths === undefined) this.#paths.set(key, new Set([listed.path]))
      else paths.add(listed.path)
    }
  }

  remove(key: string, path: string): void {
    this.#paths.get(key)?.delete(path)
  }

  count(key: string): number {
    return this.#paths.get(key)?.size ?? 0
  }
}
