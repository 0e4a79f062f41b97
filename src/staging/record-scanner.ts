import type { Dialect } from './dialect.ts'
import { HeldFile } from './held.ts'
import { type ByteKinds, byteKinds, plainRecords } from './plain-records.ts'

/** DuckDB's own default for a line. A longer record is an unclosed quote, or a bomb. */
export const MAX_RECORD_BYTES = 2 * 1024 * 1024

export type LineEnd = 'LF' | 'CRLF' | 'CR'

/** What is wrong with a record that goes on to the end of the file. */
export const UNCLOSED = 'a quote that is never closed'

const START = { line: 1, lineEnd: undefined }

const LF = 0x0a
const CR = 0x0d
const NUL = 0x00
const SPACE = 0x20

const FIELD_START = 0
const PLAIN = 1
const QUOTED = 2
const ESCAPED = 3
const QUOTE_IN_QUOTED = 4
const CLOSED = 5
const AFTER_CR = 6

/**
 * Splits bytes into records by itself, so that the parser's answer can be proved: DuckDB drops empty fields after the
 * last column, and its messages repeat cells. It sees where records and fields end, and nothing of what they mean.
 */
export class RecordScanner {
  /** Complete records; blank lines are none. */
  records = 0
  /** The line of the next byte, as an editor counts. */
  line: number
  /** What ends the lines, as soon as one has ended. */
  lineEnd: LineEnd | undefined
  /** A line end inside quotes was seen: the records cannot be found from any place in the middle. */
  quotedLineEnds = false
  /** The last complete record: where it lies in what was pushed, and what is wrong with it. */
  last = { line: 0, lines: 0, start: 0, end: 0, fields: 0, fault: '' }

  readonly #dialect: Dialect
  #kinds: ByteKinds | undefined
  #state = FIELD_START
  #offset = 0
  #start = 0
  #startLine: number
  #fields = 1
  #fault = ''
  #matched = 0
  #afterQuotedCr = false

  /** `after`: what was read of the file before. */
  constructor(dialect: Dialect, after: { readonly line: number; readonly lineEnd: LineEnd | undefined } = START) {
    this.#dialect = dialect
    this.line = after.line
    this.lineEnd = after.lineEnd
    this.#startLine = after.line
  }

  /** Takes whole records that are plain and have so many fields, and says where they end. They are counted, and none is `last`. */
  pass(chunk: Uint8Array, from: number, fields: number): number {
    const isBetweenRecords = this.#state === FIELD_START && this.#offset === this.#start
    if (!isBetweenRecords || (this.lineEnd ?? 'LF') !== 'LF') return from
    this.#kinds ??= byteKinds(this.#dialect)
    if (this.#kinds === undefined) return from
    const { records, lines, end } = plainRecords(chunk, from, { kinds: this.#kinds, fields, longest: MAX_RECORD_BYTES })
    if (lines > 0) this.lineEnd = 'LF'
    this.records += records
    this.line += lines
    this.#offset += end - from
    this.#start = this.#offset
    this.#startLine = this.line
    return end
  }

  /** Takes bytes until a record is complete, and says how many; all of them when none was. */
  push(chunk: Uint8Array, from = 0): number {
    const { delimiter, quote, escape: escaping } = this.#dialect
    const only = delimiter.length === 1 ? (delimiter[0] ?? -1) : -1
    const records = this.records
    const base = this.#offset - from
    let state = this.#state
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      if (byte === NUL) throw new HeldFile(`line ${this.line} holds a NUL byte; a text file has none`)
      if (state === ESCAPED) {
        state = QUOTED
        if (byte === quote || byte === escaping) continue
        this.#fault = 'an escape character that escapes nothing'
      } else if (state === QUOTE_IN_QUOTED) {
        state = byte === quote ? QUOTED : CLOSED
        if (state === QUOTED) continue
      }
      if (state === QUOTED) {
        if (byte === quote) state = quote === escaping ? QUOTE_IN_QUOTED : CLOSED
        else if (byte === escaping) state = ESCAPED
        else this.#countQuotedLine(byte)
        continue
      }
      if (state === AFTER_CR) {
        const length = byte === LF ? 1 : 0
        this.#offset = base + at
        this.#finish(length === 1 ? 'CRLF' : 'CR', length)
        state = FIELD_START
        if (this.records > records) return this.#leave(base, at + length, state)
        if (length === 1) continue
      }
      if (only === -1 ? this.#matches(byte) : byte === only) {
        state = FIELD_START
        this.#fields++
      } else if (byte === LF) {
        this.#offset = base + at
        this.#finish('LF', 1)
        state = FIELD_START
        if (this.records > records) return this.#leave(base, at + 1, state)
      } else if (byte === CR) {
        state = AFTER_CR
      } else if (state === FIELD_START) {
        if (byte === quote) state = QUOTED
        else if (byte !== SPACE) state = PLAIN
      } else if (state === CLOSED && byte !== SPACE && this.#matched === 0) {
        this.#fault = 'text after a closing quote'
        state = PLAIN
      }
    }
    this.#checkLength(base + chunk.length)
    return this.#leave(base, chunk.length, state)
  }

  /** The last record needs no line end. */
  end(): void {
    if (this.#state === QUOTED || this.#state === ESCAPED) this.#fault = UNCLOSED
    if (this.#state === AFTER_CR) {
      this.#offset--
      this.#finish('CR', 1)
    } else if (this.#offset > this.#start) this.#finish(undefined, 0)
    this.#state = FIELD_START
  }

  #leave(base: number, at: number, state: number): number {
    this.#offset = base + at
    this.#state = state
    return at
  }

  #countQuotedLine(byte: number): void {
    if (byte === CR || (byte === LF && !this.#afterQuotedCr)) {
      this.line++
      this.quotedLineEnds = true
    }
    this.#afterQuotedCr = byte === CR
  }

  /** True at the last byte of a delimiter of several bytes. */
  #matches(byte: number): boolean {
    const { delimiter } = this.#dialect
    this.#matched = byte === delimiter[this.#matched] ? this.#matched + 1 : byte === delimiter[0] ? 1 : 0
    if (this.#matched < delimiter.length) return false
    this.#matched = 0
    return true
  }

  /** `#offset` is at the line end's last byte, or just after its only CR. */
  #finish(lineEnd: LineEnd | undefined, length: number): void {
    const lines = this.line - this.#startLine + 1
    const end = this.#offset - (lineEnd === 'CRLF' || (lineEnd === 'CR' && length === 0) ? 1 : 0)
    this.#checkLength(end)
    if (lineEnd !== undefined) {
      this.lineEnd ??= lineEnd
      if (this.lineEnd !== lineEnd) {
        throw new HeldFile(`line ${this.line} ends with ${lineEnd}, the lines before it with ${this.lineEnd}; use one of them`)
      }
      this.line++
    }
    if (end > this.#start) {
      this.records++
      this.last = { line: this.#startLine, lines, start: this.#start, end, fields: this.#fields, fault: this.#fault }
    }
    this.#start = this.#offset + length
    this.#startLine = this.line
    this.#fields = 1
    this.#fault = ''
    this.#matched = 0
    this.#afterQuotedCr = false
  }

  #checkLength(end: number): void {
    if (end - this.#start <= MAX_RECORD_BYTES) return
    throw new HeldFile(`line ${this.#startLine} is longer than ${MAX_RECORD_BYTES} bytes; is a quote in it never closed?`)
  }
}
