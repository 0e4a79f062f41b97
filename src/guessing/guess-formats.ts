import { type ColumnFacts, type Formats, fits } from './guess-type.ts'

/** ISO is the form without a format. */
export const DATE_FORMATS = [
  '%Y/%m/%d',
  '%Y.%m.%d',
  '%d.%m.%Y',
  '%d/%m/%Y',
  '%m/%d/%Y',
  '%d-%m-%Y',
  '%m-%d-%Y',
  '%d.%m.%y',
  '%d/%m/%y',
  '%m/%d/%y',
  '%d-%b-%Y',
  '%d %b %Y',
  '%b %d, %Y',
  '%d %B %Y',
  '%B %d, %Y',
  '%Y%m%d',
] as const
export const TIMESTAMP_FORMATS = [...DATE_FORMATS, '%Y-%m-%d'].flatMap((day) =>
  [' %H:%M:%S', ' %H:%M', 'T%H:%M:%S', ' %I:%M:%S %p', ' %I:%M %p'].map((time) => day + time),
)

/** Readings of the same texts: where all columns have both, nobody can tell. */
const SWAPPED = (format: string) => format.replace('%d', '%_').replace('%m', '%d').replace('%_', '%m')

export interface GuessedFormats extends Formats {
  /** Formats that some column has, where another one of theirs fits as well. */
  readonly open: readonly string[]
}

/** A config has one format for all dates, and one for all times: those that most columns have. */
export function guessFormats(columns: readonly ColumnFacts[]): GuessedFormats {
  const days = columns.filter((facts) => !fits(facts, 'BIGINT') || fits(facts, 'DATE', '%Y%m%d'))
  const date = mostFitting(days, ['DATE'], DATE_FORMATS)
  const time = mostFitting(
    columns.filter((facts) => !fits(facts, 'DATE', date.format)),
    ['TIMESTAMP', 'TIMESTAMPTZ'],
    TIMESTAMP_FORMATS,
  )
  return { dateFormat: date.format, timestampFormat: time.format, open: [...date.open, ...time.open] }
}

function mostFitting(columns: readonly ColumnFacts[], types: readonly string[], formats: readonly string[]) {
  const count = (format: string | undefined) => columns.filter((facts) => types.some((type) => fits(facts, type, format))).length
  const open = formats.filter(
    (format) => count(format) > 0 && count(format) === count(SWAPPED(format)) && SWAPPED(format) !== format,
  )
  let best: { format: string | undefined; count: number } = { format: undefined, count: count(undefined) }
  for (const format of formats) {
    if (!open.includes(format) && count(format) > best.count) best = { format, count: count(format) }
  }
  return { format: best.format, open }
}
