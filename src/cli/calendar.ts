import { FRESHNESS_STATES, type Freshness, type FreshnessState, type PartitionFreshness } from '../freshness/state.ts'

/** What a partition is, as one letter: colours alone tell nothing to who has none. */
export const LETTERS: Readonly<Record<FreshnessState, string>> = {
  loaded: 'o',
  held: 'H',
  loading: '~',
  waiting: 'w',
  late: 'L',
  missing: 'M',
  'not expected': '-',
}

export type PaintState = (state: FreshnessState, text: string) => string

/** The worst of several is what is shown of them. */
const WORST: readonly FreshnessState[] = ['missing', 'held', 'late', 'loading', 'waiting', 'loaded', 'not expected']

const MONTHS_SHOWN = 12
const DAYS_BY_HOUR = 7
const ROWS_OF_YEARS = 12
const KEYS_A_ROW = 50
const ROWS_OF_KEYS = 4
const DAY_RULER = '1        10        20        30'
const HOUR_RULER = '0     6     12    18   23'

interface Grid {
  readonly rows: readonly { readonly label: string; readonly cells: readonly (FreshnessState | undefined)[] }[]
  readonly ruler?: string
  /** Partitions that have no place in it. */
  readonly hidden: number
}

/** A year of a pipeline at a glance, in lines: days by months, hours also by days, weeks and months by years; keys without a date in their order. */
export function calendarLines({ kind, partitions }: Pick<Freshness, 'kind' | 'partitions'>, paint: PaintState): string[] {
  if (partitions.length === 0) return []
  const dated = partitions.filter(({ start }) => start !== null)
  const grids =
    dated.length * 2 < partitions.length
      ? [byKey(partitions)]
      : kind === 'weekly' || kind === 'monthly'
        ? [byYear(dated, kind)]
        : [byMonth(dated), ...(kind === 'hourly' ? [byDay(dated)] : [])]
  return [...grids.flatMap((grid) => linesOf(grid, paint)), ...notShown(grids[0], partitions.length - dated.length)]
}

/** What the letters mean, of those that are there. */
export function legend(counts: Freshness['counts'], paint: PaintState): string {
  return FRESHNESS_STATES.filter((state) => counts[state] > 0)
    .map((state) => `${paint(state, LETTERS[state])} ${state} ${counts[state]}`)
    .join('  ')
}

/** A row a month, a letter a day: of the twelve months up to the last partition. */
function byMonth(dated: readonly PartitionFreshness[]): Grid {
  const { rows, hidden } = gathered(dated, {
    rowOf: (start) => start.slice(0, 7),
    cellOf: (start) => Number(start.slice(8, 10)) - 1,
    most: MONTHS_SHOWN,
  })
  return { rows, hidden, ruler: DAY_RULER }
}

/** A row a day, a letter an hour: of the last days. */
function byDay(dated: readonly PartitionFreshness[]): Grid {
  const { rows } = gathered(dated, {
    rowOf: (start) => start.slice(0, 10),
    cellOf: (start) => Number(start.slice(11, 13)),
    most: DAYS_BY_HOUR,
  })
  return { rows, hidden: 0, ruler: HOUR_RULER }
}

function byYear(dated: readonly PartitionFreshness[], kind: 'weekly' | 'monthly'): Grid {
  const cellOf = (start: string) => (kind === 'monthly' ? Number(start.slice(5, 7)) - 1 : weekOf(start))
  return gathered(dated, { rowOf: (start) => start.slice(0, 4), cellOf, most: ROWS_OF_YEARS })
}

/** From the first of January on, so that every week of a year has a place of its own. */
function weekOf(start: string): number {
  return Math.floor((Date.parse(`${start}Z`) - Date.parse(`${start.slice(0, 4)}-01-01T00:00Z`)) / (7 * 86_400_000))
}

function byKey(partitions: readonly PartitionFreshness[]): Grid {
  const shown = partitions.slice(-KEYS_A_ROW * ROWS_OF_KEYS)
  const rows = []
  for (let from = 0; from < shown.length; from += KEYS_A_ROW) {
    const cells = shown.slice(from, from + KEYS_A_ROW)
    rows.push({ label: shortened(cells[0]?.key ?? ''), cells: cells.map(({ state }) => state) })
  }
  return { rows, hidden: partitions.length - shown.length }
}

interface Gathering {
  readonly rowOf: (start: string) => string
  readonly cellOf: (start: string) => number
  readonly most: number
}

function gathered(dated: readonly PartitionFreshness[], { rowOf, cellOf, most }: Gathering) {
  const rows = new Map<string, (FreshnessState | undefined)[]>()
  let hidden = 0
  for (let at = dated.length - 1; at >= 0; at--) {
    const { start, state } = dated[at] ?? {}
    if (start === undefined || start === null || state === undefined) continue
    const row = rowOf(start)
    const cells = rows.get(row) ?? []
    if (!rows.has(row)) {
      if (rows.size === most) {
        hidden = at + 1
        break
      }
      rows.set(row, cells)
    }
    const cell = cellOf(start)
    const before = cells[cell]
    cells[cell] = before !== undefined && WORST.indexOf(before) < WORST.indexOf(state) ? before : state
  }
  return { rows: [...rows].reverse().map(([label, cells]) => ({ label, cells: Array.from(cells) })), hidden }
}

function linesOf({ rows, ruler }: Grid, paint: PaintState): string[] {
  const width = Math.max(...rows.map(({ label }) => label.length))
  const lines = rows.map(({ label, cells }) => {
    const letters = cells.map((state) => (state === undefined ? ' ' : paint(state, LETTERS[state])))
    return `  ${label.padEnd(width)}  ${letters.join('')}`
  })
  return ruler === undefined ? lines : [`  ${''.padEnd(width)}  ${ruler}`, ...lines]
}

function notShown(grid: Grid | undefined, undated: number): string[] {
  const hidden = grid?.hidden ?? 0
  const notes = [
    ...(hidden > 0 ? [`${hidden} earlier`] : []),
    ...(undated > 0 && grid?.ruler ? [`${undated} without a date`] : []),
  ]
  return notes.length === 0 ? [] : [`  not shown: ${notes.join(', ')}`]
}

const LONGEST_LABEL = 24

function shortened(key: string): string {
  return key.length > LONGEST_LABEL ? `${key.slice(0, LONGEST_LABEL - 1)}…` : key
}
