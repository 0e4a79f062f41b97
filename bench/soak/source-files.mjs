// The files of one pipeline, and every version that each path has had: the whole truth to compare with.
import { createHash } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { releasedRowsOf, rowsOf } from './content.mjs'

export class SourceFiles {
  #beside
  /** Path to its versions, oldest first; the last one is there when it has no `until`. */
  versions = new Map()
  /** Path to the bytes that are still to come of a file that is being written. */
  unfinished = new Map()
  /** Paths whose rows a person has asked to take out, at some time. */
  removes = new Set()

  /** `verdictOf(path)`: 'valid', 'invalid' (every version is held) or 'outside' (left alone). */
  constructor({ name, folder, verdictOf }) {
    this.name = name
    this.folder = join(folder, name)
    this.verdictOf = verdictOf
    this.#beside = join(folder, `${name}.beside`)
    mkdirSync(this.folder, { recursive: true })
  }

  current(path) {
    const newest = this.versions.get(path)?.at(-1)
    return newest?.until === undefined ? newest : undefined
  }

  get present() {
    return [...this.versions.keys()].filter((path) => this.current(path) !== undefined)
  }

  get whole() {
    return this.present.filter((path) => !this.unfinished.has(path))
  }

  bytes(path) {
    return readFileSync(this.#at(path))
  }

  isGood(path) {
    return this.current(path)?.rows !== undefined
  }

  replace(path, bytes) {
    writeFileSync(this.#beside, bytes)
    this.#change([path], [path], () => renameSync(this.#beside, this.#at(path)))
  }

  overwrite(path, bytes) {
    this.#change([path], [path], () => writeFileSync(this.#at(path), bytes))
  }

  /** The same size and the same mtime as before. */
  overwriteInSecret(path, bytes) {
    const { atime, mtime } = statSync(this.#at(path))
    this.#change([path], [path], () => {
      writeFileSync(this.#at(path), bytes)
      utimesSync(this.#at(path), atime, mtime)
    })
  }

  begin(path, bytes, length) {
    this.overwrite(path, bytes.subarray(0, length))
    this.unfinished.set(path, bytes.subarray(length))
  }

  append(path, length) {
    const rest = this.unfinished.get(path)
    this.#change([], [path], () => appendFileSync(this.#at(path), rest.subarray(0, length)))
    if (length < rest.length) this.unfinished.set(path, rest.subarray(length))
    else this.unfinished.delete(path)
  }

  copy(from, to) {
    this.replace(to, this.bytes(from))
  }

  remove(path) {
    this.#change([path], [], () => rmSync(this.#at(path)))
  }

  rename(from, to) {
    this.#change([from, to], [to], () => renameSync(this.#at(from), this.#at(to)))
  }

  #at(path) {
    return join(this.folder, path)
  }

  /** `given`: paths of which nothing is left to come; `written`: those that have a new version after it. */
  #change(given, written, change) {
    const from = performance.now()
    change()
    const until = performance.now()
    for (const path of [...given, ...written]) {
      const version = this.current(path)
      if (version !== undefined) version.until = until
    }
    for (const path of given) this.unfinished.delete(path)
    for (const path of written) {
      const { size, mtimeNs, ctimeNs, ino } = statSync(this.#at(path), { bigint: true })
      const bytes = this.bytes(path)
      const versions = this.versions.get(path) ?? []
      const hash = createHash('sha256').update(bytes).digest('hex')
      versions.push({
        fingerprint: `${size}-${mtimeNs}-${ctimeNs}-${ino}`,
        hash,
        rows: this.verdictOf(path) === 'valid' ? rowsOf(bytes, path.endsWith('.gz')) : undefined,
        releasedRows: this.verdictOf(path) === 'valid' ? releasedRowsOf(bytes, path.endsWith('.gz')) : undefined,
        from,
        until: undefined,
      })
      this.versions.set(path, versions)
    }
  }
}
