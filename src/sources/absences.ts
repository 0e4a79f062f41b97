/** Complete sweeps that found other files and not this one, before anybody looks at the path itself. */
const SWEEPS = 2

/** Which files that the ledger expects were not found lately. A sweep that failed, or that found no file at all, proves nothing. */
export class Absences {
  #missed = new Map<string, number>()

  /** After a complete sweep; `missing` are all paths that were expected and not found. */
  swept({ found, missing }: { readonly found: number; readonly missing: Iterable<string> }): void {
    if (found === 0) return
    const missed = new Map<string, number>()
    for (const path of missing) missed.set(path, (this.#missed.get(path) ?? 0) + 1)
    this.#missed = missed
  }

  /** Those that are worth a look at the path itself. */
  suspected(): string[] {
    return [...this.#missed].filter(([, sweeps]) => sweeps >= SWEEPS).map(([path]) => path)
  }

  forget(path: string): void {
    this.#missed.delete(path)
  }
}
