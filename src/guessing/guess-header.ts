import { parse } from 'csv-parse/sync'
import { OWN_PREFIX } from '../config/own-columns.ts'
import type { Csv } from '../config/pipeline.ts'
import type { GuessedDialect } from './guess-dialect.ts'
import type { Sample } from './sample.ts'

export interface GuessedHeader {
  readonly header: boolean
  /** The header's names as they are written; of a file without one `column1`, `column2`… */
  readonly names: readonly string[]
}

const VALUE = /^[-+]?[\d.,:/\s-]*\d[\d.,:/\s-]*%?$/
/** The only values that columns are often called by. */
const PERIOD = /^(?:19|20)\d\d(?:-\d\d)?$/

/** The cells of the first record; undefined when its quotes are broken. */
export function firstRecord(
  { head }: Sample,
  { delimiter, quote, escape: escaping }: Pick<Csv, 'delimiter' | 'quote' | 'escape'>,
): string[] | undefined {
  try {
    const records: string[][] = parse(head, {
      delimiter,
      quote,
      escape: escaping,
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      to: 1,
    })
    return records[0]
  } catch {
    return undefined
  }
}

/** What the first record of files that look alike is; `firsts` has one for each of them. */
export function guessHeader(
  firsts: readonly (readonly string[])[],
  { sniffedHeader }: Pick<GuessedDialect, 'sniffedHeader'>,
): GuessedHeader {
  const [first = []] = firsts
  const values = first.filter((cell) => VALUE.test(cell)).length
  const isNamed = first.every((cell) => !VALUE.test(cell) || PERIOD.test(cell))
  const repeats = isNamed && firsts.length > 1 && firsts.every((other) => sharesName(other, first))
  const differs = firsts.length > 1 && !firsts.slice(1).some((other) => sharesName(other, first))
  const header = values === 0 ? !differs : values < first.filter((cell) => cell !== '').length && (repeats || sniffedHeader)
  return { header, names: header ? first : first.map((_, index) => `column${index + 1}`) }
}

function sharesName(one: readonly string[], other: readonly string[]): boolean {
  return one.some((cell) => cell !== '' && !VALUE.test(cell) && other.includes(cell))
}

/** Why files with this header cannot be loaded; undefined when they can. */
export function headerFault(names: readonly string[]): string | undefined {
  const seen = new Set<string>()
  for (const [index, name] of names.entries()) {
    const plain = name.trim().toLowerCase()
    if (plain === '') return `the header has no name for column ${index + 1}; give it one`
    if (plain.startsWith(OWN_PREFIX))
      return `the header has a name that begins with ${OWN_PREFIX}, which are ours; give it another`
    if (seen.has(plain)) return `the header has '${name}' twice; give one of them another name`
    seen.add(plain)
  }
  return undefined
}
