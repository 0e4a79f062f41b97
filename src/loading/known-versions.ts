/** So many places for each entry at the least: fuller tables are slow. */
const ROOM = 1.5
const FIRST_PLACES = 1 << 10
const SWEEPS_TOLD_APART = 0xff

/** Of a place in the table. */
const EXPECTED = 1
const UP_TO_DATE = 2

/**
 * Which version of each path the ledger has, in some 22 bytes a path, however long it is: a million of them must fit into a worker.
 * Paths and fingerprints are kept as hashes of 64 bits, salted anew in each process: a mistake, once in some ten thousand years of a
 * million changes a day, would not outlive it.
 */
export class KnownVersions {
  readonly #salt = Math.floor(Math.random() * 0x7fffffff)
  #places: number
  #size = 0
  /** Two halves of each hash. A path's are never both 0, which is an empty place. */
  #paths: Int32Array
  #fingerprints: Int32Array
  #sequences: Uint32Array
  #flags: Uint8Array
  /** The sweep that has found it last. */
  #found: Uint8Array
  #sweep = 1
  /** Of the text that was hashed last. */
  #low = 0
  #high = 0

  /** With room for so many, so that it need not grow: what it grows out of lies about for a while. */
  constructor(room = 0) {
    this.#places = FIRST_PLACES
    while (this.#places < room * ROOM) this.#places *= 2
    this.#paths = new Int32Array(2 * this.#places)
    this.#fingerprints = new Int32Array(2 * this.#places)
    this.#sequences = new Uint32Array(this.#places)
    this.#flags = new Uint8Array(this.#places)
    this.#found = new Uint8Array(this.#places)
  }

  get size(): number {
    return this.#size
  }

  /** An entry of the ledger; of several of one path the newest counts. An empty fingerprint equals no listed one, and is expected nowhere. */
  add(path: string, sequence: number, fingerprint: string, isExpected: boolean): void {
    const at = this.#placeFor(path)
    if (sequence < (this.#sequences[at] ?? 0)) return
    this.#sequences[at] = sequence
    this.#flags[at] = fingerprint === '' ? 0 : UP_TO_DATE | (isExpected ? EXPECTED : 0)
    this.#write(at, fingerprint)
  }

  /** Source and ledger agree on it. */
  set(path: string, fingerprint: string): void {
    const at = this.#placeFor(path)
    this.#flags[at] = UP_TO_DATE | EXPECTED
    this.#found[at] = this.#sweep
    this.#write(at, fingerprint)
  }

  /** It is gone, or was taken away by us: nobody waits for it, and were it back as it was, it would be new. */
  forget(path: string): void {
    const at = this.#find(path)
    if (at !== undefined) this.#flags[at] = 0
  }

  has(path: string, fingerprint: string): boolean {
    const at = this.#find(path)
    return at !== undefined && this.#isVersion(at, fingerprint)
  }

  /** As `has`; and this sweep has found the path. */
  find(path: string, fingerprint: string): boolean {
    const at = this.#find(path)
    if (at === undefined) return false
    this.#found[at] = this.#sweep
    return this.#isVersion(at, fingerprint)
  }

  /** Forgets what earlier sweeps have found. */
  beginSweep(): void {
    this.#sweep += 1
    if (this.#sweep <= SWEEPS_TOLD_APART) return
    this.#found.fill(0)
    this.#sweep = 1
  }

  isFound(path: string): boolean {
    const at = this.#find(path)
    return at !== undefined && this.#found[at] === this.#sweep
  }

  /** How many are expected in the source that this sweep has not found. */
  countMissing(): number {
    let missing = 0
    for (let at = 0; at < this.#places; at++)
      if (((this.#flags[at] ?? 0) & EXPECTED) !== 0 && this.#found[at] !== this.#sweep) missing += 1
    return missing
  }

  #isVersion(at: number, fingerprint: string): boolean {
    if (((this.#flags[at] ?? 0) & UP_TO_DATE) === 0) return false
    this.#hashOf(fingerprint)
    return this.#fingerprints[2 * at] === this.#low && this.#fingerprints[2 * at + 1] === this.#high
  }

  #write(at: number, fingerprint: string): void {
    this.#hashOf(fingerprint)
    this.#fingerprints[2 * at] = this.#low
    this.#fingerprints[2 * at + 1] = this.#high
  }

  #find(path: string): number | undefined {
    this.#hashOf(path)
    const at = this.#seek()
    return this.#isEmpty(at) ? undefined : at
  }

  #placeFor(path: string): number {
    this.#hashOf(path)
    const at = this.#seek()
    if (!this.#isEmpty(at)) return at
    if ((this.#size + 1) * ROOM > this.#places) {
      this.#grow()
      return this.#placeFor(path)
    }
    this.#size += 1
    this.#paths[2 * at] = this.#low
    this.#paths[2 * at + 1] = this.#high
    return at
  }

  /** The place of the path whose hash is in hand, or the empty one where it would be. */
  #seek(): number {
    const low = this.#low
    const high = this.#high
    let at = low & (this.#places - 1)
    while (!this.#isEmpty(at) && (this.#paths[2 * at] !== low || this.#paths[2 * at + 1] !== high))
      at = (at + 1) & (this.#places - 1)
    return at
  }

  #isEmpty(at: number): boolean {
    return this.#paths[2 * at] === 0 && this.#paths[2 * at + 1] === 0
  }

  #grow(): void {
    const before = {
      paths: this.#paths,
      fingerprints: this.#fingerprints,
      sequences: this.#sequences,
      flags: this.#flags,
      found: this.#found,
    }
    const places = this.#places
    this.#places *= 2
    this.#paths = new Int32Array(2 * this.#places)
    this.#fingerprints = new Int32Array(2 * this.#places)
    this.#sequences = new Uint32Array(this.#places)
    this.#flags = new Uint8Array(this.#places)
    this.#found = new Uint8Array(this.#places)
    for (let from = 0; from < places; from++) {
      this.#low = before.paths[2 * from] ?? 0
      this.#high = before.paths[2 * from + 1] ?? 0
      if (this.#low === 0 && this.#high === 0) continue
      const at = this.#seek()
      this.#paths[2 * at] = this.#low
      this.#paths[2 * at + 1] = this.#high
      this.#fingerprints[2 * at] = before.fingerprints[2 * from] ?? 0
      this.#fingerprints[2 * at + 1] = before.fingerprints[2 * from + 1] ?? 0
      this.#sequences[at] = before.sequences[from] ?? 0
      this.#flags[at] = before.flags[from] ?? 0
      this.#found[at] = before.found[from] ?? 0
    }
  }

  /** Two different hashes of 32 bits, each of all characters, mixed at the end. */
  #hashOf(text: string): void {
    let low = 0x9e3779b9 ^ this.#salt
    let high = (0x85ebca6b + this.#salt) | 0
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      low = Math.imul(low ^ code, 0x01000193)
      low ^= low >>> 15
      high = Math.imul(high ^ code, 0x5bd1e995)
      high = (high << 13) | (high >>> 19)
    }
    low = Math.imul(low ^ (high >>> 16), 0xc2b2ae35)
    high = Math.imul(high ^ (low >>> 13), 0x27d4eb2f)
    low ^= low >>> 16
    high ^= high >>> 15
    this.#low = low === 0 && high === 0 ? 1 : low
    this.#high = high
  }
}
