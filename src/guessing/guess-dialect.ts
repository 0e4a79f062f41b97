import type { DuckDBConnection } from '@duckdb/node-api'
import type { Csv } from '../config/pipeline.ts'
import { literalPath, quotedText } from '../sql-text.ts'
import { dialectOf } from '../staging/dialect.ts'
import { HeldFile } from '../staging/held.ts'
import { RecordScanner } from '../staging/record-scanner.ts'
import type { Sample } from './sample.ts'

export interface GuessedDialect extends Pick<Csv, 'delimiter' | 'quote' | 'escape'> {
  /** DuckDB takes the first line for a header. */
  readonly sniffedHeader: boolean
}

const USUAL = [',', ';', '\t', '|'].map((delimiter) => ({ delimiter, quote: '"', escape: '"' }))
/** Some quotes may be broken, and some lines short. */
const GOOD = 0.9

interface Reading {
  readonly fields: number
  /** How much of it is records with so many fields. */
  readonly share: number
}

/** How a sample is split into fields: DuckDB's sniffer and the usual ways propose, and what splits it evenly, read as strictly as a load does, is taken. */
export async function guessDialect(connection: DuckDBConnection, sample: Sample): Promise<GuessedDialect> {
  const sniffed = await sniff(connection, sample)
  const candidates = [...(sniffed === undefined ? [] : [sniffed]), ...USUAL]
  const readings = candidates.map((dialect) => ({ ...dialect, ...readWith(dialect, sample.head) }))
  const even = readings.filter(({ fields, share }) => fields > 1 && share >= GOOD)
  // Of those that split all records alike the sniffer's is the first.
  const best = even.find(({ share }) => share === 1) ?? even.sort((a, b) => b.share - a.share || b.fields - a.fields)[0]
  const { delimiter, quote, escape: escaping } = best ?? { delimiter: ',', quote: '"', escape: '"' }
  return { delimiter, quote, escape: escaping, sniffedHeader: sniffed?.hasHeader ?? false }
}

async function sniff(connection: DuckDBConnection, { file }: Sample) {
  try {
    const from = `sniff_csv(${quotedText(literalPath(file))})`
    const answer = await connection.runAndReadAll(`SELECT Delimiter, Quote, Escape, HasHeader FROM ${from}`)
    const [delimiter, quote, escaping, hasHeader] = answer.getRowsJson()[0] ?? []
    if (typeof delimiter !== 'string' || !USUAL.some((usual) => usual.delimiter === delimiter)) return undefined
    return {
      delimiter,
      quote: quote === "'" ? "'" : '"',
      escape: escaping === '\\' ? '\\' : quote === "'" ? "'" : '"',
      hasHeader: hasHeader === true,
    }
  } catch {
    return undefined // it finds no table in it; its message repeats cells
  }
}

function readWith(dialect: Pick<Csv, 'delimiter' | 'quote' | 'escape'>, head: Buffer): Reading {
  const scanner = new RecordScanner(dialectOf({ ...dialect, header: true, nullText: [] }))
  let fields = 0
  let even = 0
  const judge = (before: number) => {
    if (scanner.records === before) return
    if (before === 0) fields = scanner.last.fields
    if (scanner.last.fields === fields && scanner.last.fault === '') even++
  }
  try {
    for (let at = 0; at < head.length; ) {
      const before = scanner.records
      at = scanner.push(head, at)
      judge(before)
    }
    const before = scanner.records
    scanner.end()
    judge(before)
  } catch (error) {
    if (!(error instanceof HeldFile)) throw error
  }
  return { fields, share: scanner.records === 0 ? 0 : even / scanner.records }
}
