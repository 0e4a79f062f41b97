import type { DuckDBConnection } from '@duckdb/node-api'
import { quotedText } from '../sql-text.ts'
import { columnType } from '../staging/column-types.ts'
import { exactCast } from '../staging/exact-cast.ts'
import type { Records } from '../staging/record-file.ts'
import type { TableShape } from '../staging/table-shape.ts'
import { textsOf } from '../staging/texts.ts'
import { type ColumnFacts, tried } from './guess-type.ts'
import { type Trial, trialsOf } from './trials.ts'

/** What people and programs write for "no value". */
const NULL_WORDS = [
  'NULL',
  'null',
  'Null',
  '(null)',
  '\\N',
  'N/A',
  'n/a',
  '#N/A',
  'NA',
  'NaN',
  'nan',
  'None',
  'none',
  'nil',
  '-',
  '--',
  '?',
]
const TRUTHS = ['true', 'false', 'yes', 'no', 'y', 'n', 't', 'f']
/** A two-digit year that is read as one of four, or a typing error, is outside. */
const YEARS = 'BETWEEN 1700 AND 2200'

/** Records of a sample, and the table that they were read for. */
export interface ReadSample {
  readonly records: Records
  readonly shape: TableShape
}

/** Looks at every cell of the samples: which types take all of a column's, as strictly as a load does. No cell leaves this machine. */
export async function surveyCells(
  connection: DuckDBConnection,
  names: readonly string[],
  samples: readonly ReadSample[],
): Promise<ColumnFacts[]> {
  const examples = names.map((): string[] => [])
  for (const sample of samples) {
    const firsts = await ask(connection, sample, (place) => [`first(${cellOf(place)}) FILTER (${cellOf(place)} IS NOT NULL)`])
    for (const [place, [first]] of firsts) if (typeof first === 'string') examples[place]?.push(first)
  }
  const trials = names.map((name, place) => trialsOf(name, examples[place] ?? []))
  const counts = names.map((name) => new Counts(name))
  for (const sample of samples) {
    const answers = await ask(connection, sample, (place) => aggregates(place, trials[place] ?? [], sample.shape))
    for (const [place, values] of answers) counts[place]?.add(values, trials[place] ?? [])
  }
  return counts.map((count) => count.facts())
}

/** For each column that the sample has, the values of what is asked of it. */
async function ask(
  connection: DuckDBConnection,
  { records, shape }: ReadSample,
  sqlOf: (place: number) => readonly string[],
): Promise<[place: number, values: readonly unknown[]][]> {
  const places = records.places.filter((place) => place < shape.columns.length)
  const questions = places.map(sqlOf)
  if (questions.length === 0) return []
  const answer = await connection.runAndReadAll(`SELECT ${questions.flat().join(', ')} FROM (${textsOf(records, shape)})`)
  const row = [...(answer.getRowsJson()[0] ?? [])]
  return places.map((place, index) => [place, row.splice(0, questions[index]?.length ?? 0)])
}

/** The text of a cell that has a value. */
function cellOf(place: number): string {
  return `nullif(CASE WHEN t${place} NOT IN (${NULL_WORDS.map(quotedText).join(', ')}) THEN t${place} END, '')`
}

/** In the order in which `Counts` takes them. */
function aggregates(place: number, trials: readonly Trial[], { csv }: TableShape): string[] {
  const cell = cellOf(place)
  const matching = (pattern: string) => `count(*) FILTER (regexp_full_match(${cell}, ' *${pattern} *'))`
  const found = (text: string, among: readonly string[]) =>
    `list(DISTINCT ${text}) FILTER (${text} IN (${among.map(quotedText).join(', ')}))`
  return [
    `count(${cell})`,
    matching('[+-]?[0-9]+'),
    matching('([+]|-?0[0-9]).*'),
    matching('[+-]?[0-9.]*,[0-9]+'),
    found(`t${place}`, NULL_WORDS),
    found(`lower(trim(t${place}))`, TRUTHS),
    ...trials.map(({ type, format }) => {
      const of = columnType(type)
      const value = exactCast(cell, of, { ...csv, dateFormat: format, timestampFormat: format })
      const plausible = format === undefined ? `(${value}) IS NOT NULL` : `coalesce(year(${value}) ${YEARS}, false)`
      return `count(*) FILTER (${cell} IS NOT NULL AND NOT ${plausible})`
    }),
  ]
}

class Counts {
  readonly #name: string
  readonly #sums = [0, 0, 0, 0]
  readonly #words = new Set<string>()
  readonly #truths = new Set<string>()
  readonly #misfits = new Map<string, number>()

  constructor(name: string) {
    this.#name = name
  }

  add(values: readonly unknown[], trials: readonly Trial[]): void {
    for (const index of this.#sums.keys()) this.#sums[index] = (this.#sums[index] ?? 0) + Number(values[index])
    for (const word of textsIn(values[4])) this.#words.add(word)
    for (const word of textsIn(values[5])) this.#truths.add(word)
    for (const [index, { type, format }] of trials.entries()) {
      const key = tried(type, format)
      this.#misfits.set(key, (this.#misfits.get(key) ?? 0) + Number(values[6 + index]))
    }
  }

  facts(): ColumnFacts {
    const [cells = 0, whole = 0, marked = 0, commas = 0] = this.#sums
    const sorted = { words: [...this.#words].sort(), truths: [...this.#truths].sort() }
    return { name: this.#name, cells, whole, marked, commas, ...sorted, misfits: this.#misfits }
  }
}

function textsIn(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((text) => typeof text === 'string') : []
}
