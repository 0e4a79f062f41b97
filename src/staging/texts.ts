import { literalPath, quotedText } from '../sql-text.ts'
import type { Records } from './record-file.ts'
import { MAX_RECORD_BYTES } from './record-scanner.ts'
import type { TableShape } from './table-shape.ts'

/** Room for the longest record that the scanner lets through, and its line end. */
const MAX_LINE_BYTES = MAX_RECORD_BYTES + 1024

/**
 * SQL for the records as texts: `t0`, `t1`… in declared order, NULL where a cell is empty or means "no value". With `index` each record
 * has a field of that name before the others.
 */
export function textsOf(
  records: Pick<Records, 'file' | 'sifted' | 'places' | 'quotedLineEnds'>,
  { csv }: TableShape,
  index?: string,
): string {
  const names = records.places.map((_, field) => `c${field}`)
  const fields = (index === undefined ? names : [index, ...names]).map((name) => `'${name}': 'VARCHAR'`)
  const nulls = ['', ...csv.nullText].map(quotedText).join(', ')
  const texts = records.places.map((place, field) => `CASE WHEN c${field} NOT IN (${nulls}) THEN c${field} END AS t${place}`)
  const options = [
    `columns={${fields.join(', ')}}`,
    'auto_detect=false',
    'header=true', // the line of our own
    'strict_mode=true',
    `delim=${quotedText(csv.delimiter)}`,
    `quote=${quotedText(csv.quote)}`,
    `escape=${quotedText(csv.escape)}`,
    "nullstr=''",
    'allow_quoted_nulls=false', // so that a quoted empty cell is told from a blank line
    `max_line_size=${MAX_LINE_BYTES}`,
    `parallel=${!records.quotedLineEnds}`, // DuckDB guesses where a record begins in the middle of a file
  ]
  const from = `read_csv(${quotedText(literalPath(records.sifted ?? records.file))}, ${options.join(', ')})`
  // Of a single column a blank line is a row of NULL to DuckDB.
  return `SELECT ${(index === undefined ? texts : [index, ...texts]).join(', ')} FROM ${from}${fields.length === 1 ? ' WHERE c0 IS NOT NULL' : ''}`
}
