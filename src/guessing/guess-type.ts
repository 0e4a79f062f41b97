/** What a sampled column's cells were found to be. */
export interface ColumnFacts {
  readonly name: string
  /** Cells that are not empty, words for "no value" left out. */
  readonly cells: number
  /** Words for "no value" that occur in it. */
  readonly words: readonly string[]
  /** Of `cells` those that a type, and for dates and times a format, does not take. What is not in it was not tried. */
  readonly misfits: ReadonlyMap<string, number>
  /** Whole numbers, of any length. */
  readonly whole: number
  /** Numbers that begin with a zero that a number would lose, or with a plus. */
  readonly marked: number
  /** Numbers with a decimal comma. */
  readonly commas: number
  /** `true`, `false`, `yes`, `no`, `y`, `n`, `t`, `f` as they occur, in small letters. */
  readonly truths: readonly string[]
}

export interface GuessedColumn {
  readonly name: string
  readonly type: string
  /** What the guess is from, and what else it may be. */
  readonly why: string
  /** Empty cells, besides the empty ones, that the type needs. */
  readonly words: readonly string[]
}

export interface Formats {
  readonly dateFormat: string | undefined
  readonly timestampFormat: string | undefined
}

const PAIRS = [
  ['false', 'true'],
  ['no', 'yes'],
  ['n', 'y'],
  ['f', 't'],
] as const

/** The key of a type and format in `misfits`. */
export function tried(type: string, format?: string): string {
  return format === undefined ? type : `${type} ${format}`
}

export function fits({ misfits, cells }: ColumnFacts, type: string, format?: string): boolean {
  return cells > 0 && misfits.get(tried(type, format)) === 0
}

/** The narrowest type that every cell has exactly. */
export function guessColumn(facts: ColumnFacts, formats: Formats, open: readonly string[]): GuessedColumn {
  const { type, why } = typeOf(facts, formats, open)
  const needed = type === 'VARCHAR' ? [] : facts.words
  const also = needed.length === 0 ? '' : `; no value is also written ${needed.map((word) => `'${word}'`).join(', ')}`
  return { name: facts.name, type, why: why + also, words: needed }
}

function typeOf(
  facts: ColumnFacts,
  { dateFormat, timestampFormat }: Formats,
  open: readonly string[],
): { readonly type: string; readonly why: string } {
  const { cells, whole, marked, commas } = facts
  const text = (why: string) => ({ type: 'VARCHAR', why })
  if (cells === 0) return text('empty in all files looked at; any type will do')
  if (isTruth(facts)) return { type: 'BOOLEAN', why: `only ${facts.truths.join(' and ')}` }
  // Eight digits are a number too.
  if (dateFormat === '%Y%m%d' && fits(facts, 'DATE', dateFormat)) return { type: 'DATE', why: `days as ${dateFormat}` }
  if (fits(facts, 'DOUBLE') && marked > 0) return text('numbers, but some begin with 0 or +, which a number would lose')
  if (fits(facts, 'BIGINT')) return { type: 'BIGINT', why: 'whole numbers' }
  if (whole === cells) return text('whole numbers, but too long for BIGINT; DECIMAL(38, 0) if they are to be counted with')
  if (fits(facts, 'DOUBLE')) return { type: 'DOUBLE', why: 'numbers; DECIMAL(18, 2) keeps money exactly' }
  if (fits(facts, 'DATE', dateFormat)) return { type: 'DATE', why: dateFormat === undefined ? 'days' : `days as ${dateFormat}` }
  if (fits(facts, 'TIME')) return { type: 'TIME', why: 'times of day' }
  for (const type of ['TIMESTAMP', 'TIMESTAMPTZ'] as const) {
    if (!fits(facts, type, timestampFormat)) continue
    return {
      type,
      why: `${type === 'TIMESTAMP' ? 'times without a zone' : 'times with a zone'}${timestampFormat === undefined ? '' : `, as ${timestampFormat}`}`,
    }
  }
  if (fits(facts, 'UUID')) return { type: 'UUID', why: 'UUIDs' }
  if (commas === cells) return text("numbers with a decimal comma, kept as they are; replace(…, ',', '.')::DOUBLE in a query")
  const others = [...facts.misfits].flatMap(([key, count]) => (count === 0 ? [key.slice(key.indexOf(' ') + 1)] : []))
  const unsure = others.filter((format) => open.includes(format))
  if (unsure.length > 0)
    return text(`days as ${unsure.join(' or ')}: both fit, so neither was taken; set csv.dateFormat, and DATE here`)
  if (others.length > 0) return text(`dates or times as ${others[0]}, but a config has one format, that of other columns`)
  return text('texts')
}

function isTruth({ truths, cells, misfits }: ColumnFacts): boolean {
  if (misfits.get('BOOLEAN') !== 0 || cells === 0) return false
  const [only, other, more] = truths
  if (more !== undefined || only === undefined) return false
  if (other === undefined) return only === 'true' || only === 'false'
  return PAIRS.some(([no, yes]) => truths.includes(no) && truths.includes(yes))
}
