import type { Csv } from '../config/pipeline.ts'
import { quotedText } from '../sql-text.ts'
import type { ColumnType } from './column-types.ts'

/**
 * DuckDB's own casts are lenient: '1.5' becomes the integer 2, '1.259' the DECIMAL 1.26, '2018-01-22x' a DATE, and a
 * TIMESTAMP loses its zone. So a text must have the shape of its type before it is cast.
 */
const DAY = '[0-9]{4}-[0-9]{2}-[0-9]{2}'
/** Microseconds are what is kept; more digits only if they are zeros. */
const TIME = '[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6}0*)?)?'
const ZONE = '(Z|[+-][0-9]{2}(:?[0-9]{2})?)'

/** SQL for the value that the text `text` is exactly, NULL when it is none. */
export function exactCast(text: string, type: ColumnType, { dateFormat, timestampFormat }: Csv): string {
  switch (type.kind) {
    case 'text':
      return text
    case 'boolean':
    case 'uuid':
      return `TRY_CAST(trim(${text}) AS ${type.sql})`
    case 'integer':
      return shaped(text, '[+-]?[0-9]+', type)
    case 'decimal':
      return shaped(text, decimalShape(type.scale), type)
    case 'double':
      return double(text)
    case 'date':
      return dateFormat === undefined ? shaped(text, DAY, type) : formatted(text, dateFormat, type)
    case 'time':
      return shaped(text, TIME, type)
    case 'timestamp':
      if (timestampFormat !== undefined) return formatted(text, timestampFormat, type)
      return shaped(text, `${DAY}([ T]${TIME})?`, type)
    case 'timestamptz':
      if (timestampFormat !== undefined) return formatted(text, timestampFormat, type)
      return shaped(text, `${DAY}([ T]${TIME}${ZONE}?)?`, type)
  }
}

/** What a person is told of a text that has no such value. */
export function expectation(type: ColumnType, { dateFormat, timestampFormat }: Csv): string {
  const format = type.kind === 'date' ? dateFormat : timestampFormat
  switch (type.kind) {
    case 'date':
      return `not a DATE such as ${format ?? '2018-01-22 (csv.dateFormat sets another form)'}`
    case 'timestamp':
    case 'timestamptz': {
      const zone = type.kind === 'timestamptz' ? '+00' : ''
      return `not a ${type.sql} such as ${format ?? `2018-01-22 06:00:00.123456${zone} (csv.timestampFormat sets another form)`}`
    }
    case 'integer':
      return `not a whole number that ${type.sql} holds`
    case 'decimal':
      return `not a number that ${type.sql} holds exactly`
    default:
      return `not a ${type.sql}`
  }
}

/** What reads as its value is written is exactly that, as nearly all are: only of the others the shape is asked, which takes longer. */
function shaped(text: string, shape: string, type: ColumnType): string {
  const value = `TRY_CAST(${text} AS ${type.sql})`
  const lookedAt = `TRY_CAST(CASE WHEN regexp_full_match(${text}, ' *(${shape}) *') THEN trim(${text}) END AS ${type.sql})`
  const plain = type.kind.startsWith('date') || type.kind.startsWith('timestamp') ? ` AND ${ofFourDigits(value)}` : ''
  return `CASE WHEN ${value}::VARCHAR = ${text}${plain} THEN ${value} ELSE ${lookedAt} END`
}

function decimalShape(scale: number): string {
  const fraction = scale === 0 ? '0*' : `[0-9]{0,${scale}}0*`
  const bare = scale === 0 ? '[.]0+' : `[.][0-9]{1,${scale}}0*`
  return `[+-]?([0-9]+([.]${fraction})?|${bare})`
}

/** A number too large becomes infinite in DuckDB, and '1_000' is 1000: neither is what the file says. */
function double(text: string): string {
  const value = `TRY_CAST(${text} AS DOUBLE)`
  const named = `regexp_full_match(${text}, ' *[+-]?(inf|infinity|nan) *', 'i')`
  return `CASE WHEN isfinite(${value}) AND NOT contains(${text}, '_') THEN ${value} WHEN ${named} THEN ${value} END`
}

/** A format without a zone is UTC, which the session's is set to. 'epoch' and 'infinity' have no digit and match any format. */
function formatted(text: string, format: string, type: ColumnType): string {
  const value = `try_strptime(${text}, ${quotedText(format)})`
  const nanoseconds = format.includes('%n') && type.kind !== 'date' ? ` AND epoch_ns(${value}) % 1000 = 0` : ''
  return `CASE WHEN regexp_matches(${text}, '[0-9]')${nanoseconds} THEN CAST(${value} AS ${type.sql}) END`
}

/** DuckDB also writes 'infinity', the year 10000 and '0044-03-15 (BC)', which are no dates of ours. */
function ofFourDigits(value: string): string {
  return `${value} >= '0001-01-01' AND ${value} < '10000-01-01'`
}
