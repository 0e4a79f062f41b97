import { isUtf8 } from 'node:buffer'
import { type Columns, columnsOf } from './header.ts'
import { HeldFile } from './held.ts'
import { type LineEnd, RecordScanner } from './record-scanner.ts'
import type { TableShape } from './table-shape.ts'

const BYTE_ORDER_MARK = Buffer.from('\uFEFF')

/** Where the records of a file are that is in memory. An object for each of them would be most of what a burst of files leaves to be collected. */
export class SmallRecords {
  readonly #text: Buffer
  readonly #places: number[] = []
  /** Of the records alone. */
  bytes = 0

  constructor(text: Buffer) {
    this.#text = text
  }

  get count(): number {
    return this.#places.length / 2
  }

  add(start: number, end: number): void {
    this.#places.push(start, end)
    this.bytes += end - start
  }

  /** @returns how many bytes it has */
  copy(record: number, to: Buffer, at: number): number {
    return this.#text.copy(to, at, this.#places[2 * record], this.#places[2 * record + 1])
  }
}

export interface SmallFile {
  readonly records: SmallRecords
  /** For each field of a record its place among the declared columns. */
  readonly places: readonly number[]
  readonly lineEnd: LineEnd | undefined
  readonly quotedLineEnds: boolean
}

/** Headers that were understood before, by their text: files that come together nearly always have the same one. */
export type Headers = Map<string, Columns>

/** Undefined when there is anything at all to say about it: then it is looked at by itself. */
export function readSmallFile(bytes: Buffer, shape: TableShape, headers: Headers): SmallFile | undefined {
  const { csv, dialect, columns } = shape
  if (bytes.length === 0 || !isUtf8(bytes)) return undefined
  const text = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes
  try {
    let scanner = new RecordScanner(dialect)
    let places: readonly number[] = columns.map((_, place) => place)
    let from = 0
    if (csv.header) {
      from = scanner.push(text)
      if (scanner.records === 0) return undefined
      const found = headerOf(text.subarray(0, from), scanner.last.line, shape, headers)
      places = found.places
      if (found.undeclared.length > 0 || places.length !== columns.length) return undefined
      scanner = new RecordScanner(dialect, scanner)
    }
    const data = text.subarray(from)
    const records = new SmallRecords(data)
    const take = () => {
      if (scanner.records === records.count) return true
      const { start, end, fields, fault } = scanner.last
      records.add(start, end)
      return fault === '' && fields === columns.length
    }
    for (let at = 0; at < data.length; ) {
      at = scanner.push(data, at)
      if (!take()) return undefined
    }
    scanner.end()
    if (!take()) return undefined
    return { records, places, lineEnd: scanner.lineEnd, quotedLineEnds: scanner.quotedLineEnds }
  } catch (error) {
    if (error instanceof HeldFile) return undefined
    throw error
  }
}

function headerOf(text: Buffer, line: number, shape: TableShape, headers: Headers): Columns {
  const key = text.toString()
  const columns = headers.get(key) ?? columnsOf(text, line, shape)
  headers.set(key, columns)
  return columns
}
