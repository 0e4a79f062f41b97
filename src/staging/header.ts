import { parse } from 'csv-parse/sync'
import { OWN_PREFIX } from '../config/own-columns.ts'
import type { Csv } from '../config/pipeline.ts'
import { HeldFile } from './held.ts'
import type { TableShape } from './table-shape.ts'

const OTHER_DELIMITERS = [',', ';', '\t', '|']
const LONGEST_NAME = 60
const MOST_NAMES = 20
const MOST_UNDECLARED = 500
const LONGEST_UNDECLARED = 200

export interface Columns {
  /** For each field of a record its place among the declared columns, and then the undeclared ones. */
  readonly places: readonly number[]
  readonly undeclared: readonly string[]
}

/**
 * Which columns a file has. Names match whatever their order, letter case and surrounding blanks.
 * @throws HeldFile when they are not exactly the declared ones, or, where columns may come and go, when none is
 */
export function columnsOf(
  header: Buffer,
  line: number,
  { csv, columns, onSchemaChange }: Pick<TableShape, 'csv' | 'columns' | 'onSchemaChange'>,
): Columns {
  const fields = fieldsOf(header, csv, csv.delimiter)
  if (fields === undefined) throw new HeldFile(`the header (line ${line}) is not valid CSV; look at its quotes`)
  const places = placesAmong(columns, fields)
  if (places.every((place) => place === -1)) throw new HeldFile(noHeader(header, line, csv, columns, fields.length))
  const frozen = onSchemaChange === 'freeze'
  const undeclared = fields.filter((_, index) => places[index] === -1)
  const faults = [
    fault('missing', frozen ? missingFrom(places, columns) : []),
    fault('unexpected', (frozen ? undeclared : unusable(undeclared)).map(shown)),
    fault(
      'repeated',
      columns.filter((_, place) => places.indexOf(place) !== places.lastIndexOf(place)),
    ),
  ].filter((text) => text !== '')
  if (faults.length > 0) throw new HeldFile(`the header (line ${line}) does not match the columns: ${faults.join('; ')}`)
  let next = columns.length
  return { places: places.map((place) => (place === -1 ? next++ : place)), undeclared }
}

/** No column of the table can have such a name, or it would be more columns than a table is meant to have. */
function unusable(names: readonly string[]): string[] {
  const folded = names.map(plain)
  return names.filter((name, index) => {
    const own = folded[index] ?? ''
    const repeated = folded.indexOf(own) !== index
    return index >= MOST_UNDECLARED || own === '' || repeated || own.startsWith(OWN_PREFIX) || name.length > LONGEST_UNDECLARED
  })
}

/** A first line that is data must not be repeated in a message: only counts and declared names are. */
function noHeader(header: Buffer, line: number, csv: Csv, columns: readonly string[], count: number): string {
  const text = `line ${line} is not a header: none of its ${count} ${count === 1 ? 'field' : 'fields'} is a declared column (${listed(columns)})`
  const delimiter = OTHER_DELIMITERS.find((other) => {
    const fields = other === csv.delimiter ? undefined : fieldsOf(header, csv, other)
    return fields !== undefined && placesAmong(columns, fields).some((place) => place !== -1)
  })
  if (delimiter === undefined) return `${text}; if files have no header, set csv.header to false`
  return `${text}; its fields are separated by ${JSON.stringify(delimiter)}: set csv.delimiter`
}

function fieldsOf(header: Buffer, csv: Csv, delimiter: string): string[] | undefined {
  try {
    const records: string[][] = parse(header, {
      delimiter,
      quote: csv.quote,
      escape: csv.escape,
      trim: true,
      skip_empty_lines: true,
      to: 1,
    })
    return records[0]
  } catch {
    return undefined // its message repeats the text
  }
}

function placesAmong(columns: readonly string[], fields: readonly string[]): number[] {
  const places = new Map(columns.map((column, place) => [plain(column), place]))
  return fields.map((field) => places.get(plain(field)) ?? -1)
}

function missingFrom(places: readonly number[], columns: readonly string[]): string[] {
  return columns.filter((_, place) => !places.includes(place))
}

function plain(name: string): string {
  return name.trim().toLowerCase()
}

function shown(name: string): string {
  if (name === '') return "'' (no name)"
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name
}

function fault(what: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${what} ${listed(names)}`
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES
  return more > 0 ? `${names.slice(0, MOST_NAMES).join(', ')} and ${more} more` : names.join(', ')
}
