import type { Csv } from '../config/pipeline.ts'
import { columnsOf } from './header.ts'
import { HeldFile } from './held.ts'
import { mayHideOthers, recordFault } from './record-fault.ts'
import { type LineEnd, RecordScanner } from './record-scanner.ts'
import { MAX_REJECTED } from './staged.ts'
import type { StagingFile } from './staging-file.ts'
import type { TableShape } from './table-shape.ts'
import { Utf8Verifier } from './utf8.ts'

const BYTE_ORDER_MARK = Buffer.from('\uFEFF')
export const LINE_ENDS: Readonly<Record<LineEnd, string>> = { LF: '\n', CRLF: '\r\n', CR: '\r' }

type Shape = Pick<TableShape, 'csv' | 'dialect' | 'columns' | 'onSchemaChange'>

/** The records of a file, verified, behind a header line of our own. */
export interface Records {
  readonly file: string
  /** Without the bad ones, where they are left out. */
  readonly sifted?: string
  /** Where the records begin in `file`, and the line that is in the file that came. */
  readonly start: number
  readonly firstLine: number
  readonly lineEnd: LineEnd | undefined
  readonly quotedLineEnds: boolean
  readonly count: number
  /** Of the records in `file`. */
  readonly bytes: number
  /** For each field of a record its place among the declared columns, and then the undeclared ones. */
  readonly places: readonly number[]
  readonly undeclared: readonly string[]
  readonly bad: readonly BadRecord[]
  readonly badCount: number
  /** The line of the first bad record that may hide others. */
  readonly hiding: number | undefined
}

/** `start` and `end` count from where the records begin. */
export interface BadRecord {
  readonly line: number
  readonly error: string
  readonly start: number
  readonly end: number
}

/**
 * Takes a file's bytes in chunks and writes its records. DuckDB skips a blank first line in the header's stead and loads
 * the header as data; and it takes the first line end in a file, quoted or not, for the one that ends the records. So
 * the header is replaced by a line that can mislead nobody.
 */
export class RecordFile {
  readonly #to: StagingFile
  readonly #shape: Shape
  readonly #utf8 = new Utf8Verifier()
  readonly #bad: BadRecord[] = []
  #badCount = 0
  #hiding: number | undefined
  #places: readonly number[]
  #undeclared: readonly string[] = []
  #scanner: RecordScanner
  #started = false
  /** What came until the first record was whole. */
  #head: Buffer[] | undefined = []
  #start = 0
  #firstLine = 1

  constructor(to: StagingFile, shape: Shape) {
    this.#to = to
    this.#shape = shape
    this.#places = shape.columns.map((_, place) => place)
    this.#scanner = new RecordScanner(shape.dialect)
  }

  /** @throws HeldFile, TidemarkError StagingFailed */
  async write(chunk: Buffer): Promise<void> {
    const { text, brokenAt } = this.#utf8.push(chunk)
    if (text.length > 0) await this.#writeText(this.#started ? text : withoutByteOrderMark(text))
    if (brokenAt !== undefined) throw this.#notUtf8(brokenAt)
  }

  /** @throws HeldFile, TidemarkError StagingFailed */
  async end(): Promise<Records> {
    const brokenAt = this.#utf8.end()
    if (brokenAt !== undefined) throw this.#notUtf8(brokenAt)
    const before = this.#scanner.records
    this.#scanner.end()
    if (this.#head !== undefined) await this.#begin(this.#head)
    else this.#judge(before + 1)
    const { records: count, lineEnd, quotedLineEnds } = this.#scanner
    const columns = { places: this.#places, undeclared: this.#undeclared }
    const where = { file: this.#to.path, start: this.#start, firstLine: this.#firstLine, bytes: this.#to.bytes - this.#start }
    const bad = { bad: this.#bad, badCount: this.#badCount, hiding: this.#hiding }
    return { ...where, lineEnd, quotedLineEnds, count, ...columns, ...bad }
  }

  async #writeText(text: Buffer): Promise<void> {
    this.#started = true
    let rest = text
    if (this.#head !== undefined) {
      const end = this.#scanner.push(text)
      this.#head.push(text.subarray(0, end))
      if (this.#scanner.records === 0) return
      await this.#begin(this.#head)
      rest = text.subarray(end)
    }
    for (let at = 0; at < rest.length; ) {
      at = this.#scanner.pass(rest, at, this.#places.length)
      const before = this.#scanner.records
      at = this.#scanner.push(rest, at)
      this.#judge(before + 1)
    }
    await this.#to.write(rest)
  }

  async #begin(head: readonly Buffer[]): Promise<void> {
    const { csv, dialect, columns } = this.#shape
    this.#head = undefined
    if (!csv.header) {
      await this.#writeHeader(columns.length)
      this.#judge(1)
      for (const part of head) await this.#to.write(part)
      return
    }
    if (this.#scanner.records === 0) throw new HeldFile('holds no header and no rows, only blank lines')
    const found = columnsOf(Buffer.concat(head), this.#scanner.last.line, this.#shape)
    this.#places = found.places
    this.#undeclared = found.undeclared
    await this.#writeHeader(found.places.length)
    this.#firstLine = this.#scanner.line
    this.#scanner = new RecordScanner(dialect, this.#scanner)
  }

  async #writeHeader(fields: number): Promise<void> {
    await this.#to.write(Buffer.from(headerLine(this.#shape.csv, fields, this.#scanner.lineEnd)))
    this.#start = this.#to.bytes
  }

  /** Looks at the last record, if that one is `number` and so has just been completed. */
  #judge(number: number): void {
    if (this.#scanner.records !== number) return
    const { last } = this.#scanner
    const error = recordFault(last, this.#places.length)
    if (error === '') return
    const { line, start, end } = last
    this.#badCount++
    if (mayHideOthers(last)) this.#hiding ??= line
    if (this.#bad.length < MAX_REJECTED) this.#bad.push({ line, error, start, end })
  }

  #notUtf8(offset: number): HeldFile {
    return new HeldFile(`is not UTF-8: line ${this.#scanner.line}, byte ${offset} of the text; save it as UTF-8`)
  }
}

function withoutByteOrderMark(text: Buffer): Buffer {
  const found = text.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
  return found ? text.subarray(BYTE_ORDER_MARK.length) : text
}

/** A name for each field and the line end of the records. */
export function headerLine({ delimiter, quote, escape: escaping }: Csv, fields: number, lineEnd: LineEnd = 'LF'): string {
  const name = [...'abcd'].find((letter) => ![delimiter, quote, escaping].includes(letter))
  return `${Array(fields).fill(name).join(delimiter)}${LINE_ENDS[lineEnd]}`
}
