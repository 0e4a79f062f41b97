import { parse } from 'csv-parse/sync'
import type { Csv } from '../config/pipeline.ts'
import { HeldFile } from './held.ts'

const OTHER_DELIMITERS = [',', ';', '\t', '|']
const LONGEST_NAME = 60
const MOST_NAMES = 20

/**
 * For each field of the header its place among the declared columns. Names match whatever their order, letter case and
 * surrounding blanks.
 * @throws HeldFile when the file's columns are not exactly the declared ones
 */
export function placesOf(header: Buffer, line: number, csv: Csv, columns: readonly string[]): number[] {
  const fields = fieldsOf(header, csv, csv.delimiter)
  if (fields === undefined) throw new HeldFile(`the header (line ${line}) is not valid CSV; look at its quotes`)
  const places = placesAmong(columns, fields)
  if (places.every((place) => place === -1)) throw new HeldFile(noHeader(header, line, csv, columns, fields.length))
  const faults = [
    fault('missing', missingFrom(places, columns)),
    fault('unexpected', fields.filter((_, index) => places[index] === -1).map(shown)),
    fault(
      'repeated',
      columns.filter((_, place) => places.indexOf(place) !== places.lastIndexOf(place)),
    ),
  ].filter((text) => text !== '')
  if (faults.length > 0) throw new HeldFile(`the header (line ${line}) does not match the columns: ${faults.join('; ')}`)
  return places
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
