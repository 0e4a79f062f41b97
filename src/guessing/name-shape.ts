import { cadenceOf } from './cadence.ts'
import { type DatedPath, type DateOrder, dateIn, type Grain } from './date-in-path.ts'

/** Of a path what a pattern is made of. */
export interface NamedFile {
  readonly path: string
  /** Without the ending. */
  readonly stem: string
  /** `.csv`, as it is written. */
  readonly ending: string
  /** `.gz` or nothing. */
  readonly packing: string
  /** Undefined where no date, or none that can be told for sure, is in the path. */
  readonly date: (DatedPath & { readonly grain: Grain }) | undefined
}

/** Files whose names differ only in their numbers and dates. */
export type Shape = readonly NamedFile[]

const DATA = /^(?<stem>.*[^/])(?<ending>\.(?:csv|tsv|txt|psv|tab|dat))(?<packing>\.gz)?$/is
/** A few names of a family may be no date. */
const NEARLY_ALL = 0.9
const HEXADECIMAL = /(?=[a-f-]*\d)[\da-f]{8,}(?:-[\da-f]{4,})*/gi
const ORDERS: readonly DateOrder[] = ['ymd', 'dmy', 'mdy']

/** Whether a file may be one of rows in text. */
export function isData(path: string): boolean {
  return DATA.test(path)
}

/** Only of paths that are data. The largest family first. */
export function shapesOf(paths: readonly string[]): readonly Shape[] {
  const alike = groupBy(paths, (path) => path.replaceAll(/\d+/g, (run) => `#${run.length}`))
  const files = alike.flatMap((some) => withDates(some))
  return groupBy(files, shapeOf).sort((a, b) => b.length - a.length)
}

function shapeOf({ stem, ending, date }: NamedFile): string {
  const parts = date === undefined ? [stem] : [date.before, date.after]
  return [...parts.map((part) => part.replaceAll(HEXADECIMAL, '#').replaceAll(/\d+/g, '#')), ending, date?.template].join('\0')
}

function withDates(paths: readonly string[]): NamedFile[] {
  const split = paths.flatMap((path) => {
    const { stem, ending, packing = '' } = DATA.exec(path)?.groups ?? {}
    return stem === undefined || ending === undefined ? [] : [{ path, stem, ending, packing }]
  })
  const reading = readingOf(split.map(({ stem }) => stem))
  return split.map((file) => {
    const date = reading && dateIn(file.stem, reading.grain, reading.order)
    return { ...file, date: reading && date && { ...date, grain: reading.grain } }
  })
}

/** How the dates of names that look alike are to be read: by what is true of nearly all of them, and of one reading alone. */
function readingOf(stems: readonly string[]): { readonly grain: Grain; readonly order: DateOrder } | undefined {
  for (const grain of ['hour', 'day', 'month'] as const) {
    const possible = ORDERS.filter((order) => {
      const keys = stems.flatMap((stem) => dateIn(stem, grain, order)?.key ?? [])
      if (keys.length === 0 || keys.length < stems.length * NEARLY_ALL) return false
      // Two digits behind a day are an hour only where they come one after the other.
      return grain !== 'hour' || (keys.length > 1 && cadenceOf(new Set(keys), grain) !== undefined)
    })
    const [order, other] = possible
    if (order !== undefined && (order === 'ymd' || other === undefined)) return { grain, order }
  }
  return undefined
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return [...groups.values()]
}
