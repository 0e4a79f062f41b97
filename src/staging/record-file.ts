import type { Csv } from '../config/pipeline.ts'
import type { Dialect } from './dialect.ts'
import { placesOf } from './header.ts'
import { HeldFile } from './held.ts'
import { RecordScanner } from './record-scanner.ts'
import { MAX_REJECTED } from './staged.ts'
import type { StagingFile } from './staging-file.ts'
import { Utf8Verifier } from './utf8.ts'

const BYTE_ORDER_MARK = Buffer.from('\uFEFF')

/** The records of a file, verified and without their header. */
export interface Records {
  readonly file: string
  readonly count: number
  /** For each field of a record its place among the declared columns. */
  readonly places: readonly number[]
  /** The line that the first byte of `file` has in the file that came. */
  readonly firstLine: number
  readonly bad: readonly BadRecord[]
  readonly badCount: number
}

export interface BadRecord {
  readonly line: number
  readonly error: string
  readonly start: number
  readonly end: number
}

/**
 * Takes a file's bytes in chunks and writes its records. The header is taken off here: DuckDB would skip a blank line
 * in its stead, and load it as data.
 */
export class RecordFile {
  readonly #to: StagingFile
  readonly #csv: Csv
  readonly #dialect: Dialect
  readonly #columns: readonly string[]
  readonly #utf8 = new Utf8Verifier()
  readonly #bad: BadRecord[] = []
  #badCount = 0
  #started = false
  #header: Buffer[] | undefined
  #places: readonly number[]
  #scanner: RecordScanner
  #firstLine = 1

  constructor(to: StagingFile, { csv, dialect, columns }: { csv: Csv; dialect: Dialect; columns: readonly string[] }) {
    this.#to = to
    this.#csv = csv
    this.#dialect = dialect
    this.#columns = columns
    this.#header = csv.header ? [] : undefined
    this.#places = columns.map((_, place) => place)
    this.#scanner = new RecordScanner(dialect)
  }

  /** @throws HeldFile, TidemarkError StagingFailed */
  async write(chunk: Buffer): Promise<void> {
    const { text, brokenAt } = this.#utf8.push(chunk)
    await this.#writeText(text)
    if (brokenAt !== undefined) throw this.#notUtf8(brokenAt)
  }

  async end(): Promise<Records> {
    const brokenAt = this.#utf8.end()
    if (brokenAt !== undefined) throw this.#notUtf8(brokenAt)
    const before = this.#scanner.records
    this.#scanner.end()
    if (this.#header === undefined) this.#judge(before + 1)
    else this.#readHeader(this.#header)
    const count = this.#header === undefined ? this.#scanner.records : 0
    const { path: file } = this.#to
    return { file, count, places: this.#places, firstLine: this.#firstLine, bad: this.#bad, badCount: this.#badCount }
  }

  async #writeText(text: Buffer): Promise<void> {
    if (text.length === 0) return
    let from = 0
    if (!this.#started && text.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)) from = BYTE_ORDER_MARK.length
    this.#started = true
    if (this.#header !== undefined) {
      const end = this.#scanner.push(text, from)
      this.#header.push(text.subarray(from, end))
      if (this.#scanner.records === 0) return
      this.#readHeader(this.#header)
      this.#header = undefined
      this.#firstLine = this.#scanner.line
      this.#scanner = new RecordScanner(this.#dialect, this.#firstLine)
      from = end
    }
    for (let at = from; at < text.length; ) {
      const before = this.#scanner.records
      at = this.#scanner.push(text, at)
      this.#judge(before + 1)
    }
    await this.#to.write(from === 0 ? text : text.subarray(from))
  }

  #readHeader(header: readonly Buffer[]): void {
    if (this.#scanner.records === 0) throw new HeldFile('holds no header and no rows, only blank lines')
    this.#places = placesOf(Buffer.concat(header), this.#scanner.last.line, this.#csv, this.#columns)
  }

  /** Looks at the last record, if that one is `number` and so has just been completed. */
  #judge(number: number): void {
    if (this.#scanner.records !== number) return
    const { line, start, end, fields, fault } = this.#scanner.last
    const expected = this.#columns.length
    const error = fault !== '' ? fault : fields === expected ? '' : `${count(fields)} where ${expected} are expected`
    if (error === '') return
    this.#badCount++
    if (this.#bad.length < MAX_REJECTED) this.#bad.push({ line, error, start, end })
  }

  #notUtf8(offset: number): HeldFile {
    return new HeldFile(`is not UTF-8: line ${this.#scanner.line}, byte ${offset} of the text; save it as UTF-8`)
  }
}

function count(fields: number): string {
  return fields === 1 ? '1 field' : `${fields} fields`
}
