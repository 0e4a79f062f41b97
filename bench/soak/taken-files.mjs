// The files of the pipeline whose files are moved away once they are loaded: what was dropped must be in the table or still there, and no
// byte of it may be lost.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { releasedRowsOf, rowsOf } from './content.mjs'
import { groups } from './groups.mjs'

const MOVED = '_loaded'

export class TakenFiles {
  name = 'taken'
  #beside
  /** Path to its versions, oldest first. One with `replaced` was there when the next one came. */
  versions = new Map()
  /** Paths whose rows a person has asked to take out, at some time. */
  removes = new Set()

  constructor({ folder }) {
    this.folder = join(folder, this.name)
    this.#beside = join(folder, `${this.name}.beside`)
    mkdirSync(this.folder, { recursive: true })
  }

  /** Whole from its first moment. Whether it takes the place of the one before is told by its inode, which the rename keeps. */
  drop(path, bytes) {
    writeFileSync(this.#beside, bytes)
    const { ino } = statSync(this.#beside, { bigint: true })
    const at = join(this.folder, path)
    const before = this.versions.get(path)?.at(-1)
    const replaced = existsSync(at)
    renameSync(this.#beside, at)
    if (before !== undefined) before.replaced = replaced
    const packed = path.endsWith('.gz')
    const version = {
      ino,
      hash: createHash('sha256').update(bytes).digest('hex'),
      rows: rowsOf(bytes, packed),
      releasedRows: releasedRowsOf(bytes, packed),
      replaced: false,
    }
    this.versions.set(path, [...(this.versions.get(path) ?? []), version])
  }

  get present() {
    return this.#in('').filter((name) => name !== MOVED)
  }

  /** What should have been moved by now, and what was lost, in words. */
  differences(ledger, rows) {
    const found = []
    const moved = new Map(
      this.#in(MOVED).map((name) => [
        createHash('sha256')
          .update(readFileSync(join(this.folder, MOVED, name)))
          .digest('hex'),
        name,
      ]),
    )
    const entriesOf = groups(ledger, ({ path }) => path)
    for (const [path, versions] of this.versions) {
      const entries = entriesOf.get(path) ?? []
      const there = existsSync(join(this.folder, path))
      const last = versions.at(-1)
      const entry = entries.at(-1)
      const wrong = (text) => found.push(`${path}: ${text}; its entries: ${JSON.stringify(entries)}`)
      for (const { hash, replaced } of versions.slice(0, -1))
        if (!replaced && !moved.has(hash)) wrong('a version that nobody replaced is not where the loaded files are')
      if (last.rows === undefined) {
        const released = entry?.decision === 'release' && entry.status === 'loaded'
        if (!there && !released) wrong('it is held, and has been taken away')
      } else if (there || !moved.has(last.hash)) wrong(there ? 'it has not been moved' : 'it is gone')
      const loaded = entries.filter(({ status }) => status === 'loaded').at(-1)
      const version = versions.findLast(({ hash }) => hash === loaded?.content_hash)
      if (last.rows !== undefined && entry?.content_hash !== last.hash) wrong('its last version is not in the ledger')
      const expected = (version?.rows ?? version?.releasedRows ?? []).map((cells) => cells.join()).sort()
      const inTable = rows
        .filter((row) => row._tidemark_file === path)
        .map(({ name, share_price, amount }) => [name, share_price, amount].join())
        .sort()
      if (inTable.join('\n') !== expected.join('\n'))
        wrong(`the table has its rows ${inTable.join(' ')}, expected ${expected.join(' ')}`)
    }
    for (const { path, after_load } of ledger)
      if (after_load === 'owed') found.push(`${path}: what is done after its load is still owed`)
    return found
  }

  #in(folder) {
    const at = join(this.folder, folder)
    return existsSync(at) ? readdirSync(at).sort() : []
  }
}
