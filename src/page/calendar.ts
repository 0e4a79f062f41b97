import type { Freshness, FreshnessState, PartitionFreshness } from '../freshness/state.ts'
import type { Calendar, Cell } from './page-data.ts'

/** What needs somebody most comes first. */
const URGENCY: readonly FreshnessState[] = ['held', 'missing', 'late', 'loading', 'waiting', 'loaded', 'not expected']
const YEAR = 'yyyy'.length
const DAY = 'yyyy-MM-dd'.length

/** One year; the newest one that has partitions where none is asked for. */
export function calendarOf({ pipeline, kind, partitions }: Freshness, asked: string | undefined): Calendar {
  const byYear = new Map<string, PartitionFreshness[]>()
  let undated = 0
  for (const partition of partitions) {
    const year = partition.start?.slice(0, YEAR)
    const those = year === undefined ? undefined : byYear.get(year)
    if (year === undefined) undated += 1
    else if (those === undefined) byYear.set(year, [partition])
    else those.push(partition)
  }
  const years = [...byYear.keys()].sort()
  const year = asked !== undefined && byYear.has(asked) ? asked : (years.at(-1) ?? null)
  const those = year === null ? [] : (byYear.get(year) ?? [])
  return { pipeline, kind, year, years, cells: cellsOf(kind, those), undated }
}

/** A cell for each partition; for each day, where a day may have several. */
function cellsOf(kind: Freshness['kind'], partitions: readonly PartitionFreshness[]): Cell[] {
  if (kind !== 'hourly' && kind !== 'dynamic') return partitions.map((partition) => cellOf([partition]))
  const byDay = new Map<string, PartitionFreshness[]>()
  for (const partition of partitions) {
    const day = partition.start?.slice(0, DAY) ?? ''
    const those = byDay.get(day)
    if (those === undefined) byDay.set(day, [partition])
    else those.push(partition)
  }
  return [...byDay].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, those]) => cellOf(those))
}

/** Of at least one partition. */
export function cellOf(partitions: readonly PartitionFreshness[]): Cell {
  const [only] = partitions
  const start = only?.start ?? null
  const state = URGENCY.find((one) => partitions.some((partition) => partition.state === one)) ?? 'not expected'
  return {
    label: partitions.length === 1 && only !== undefined ? only.key : (start?.slice(0, DAY) ?? ''),
    state,
    start: partitions.length === 1 || start === null ? start : start.slice(0, DAY),
    partitions: partitions.length,
    loaded: partitions.filter((partition) => partition.state === 'loaded').length,
    files: partitions.reduce((sum, { files }) => sum + files, 0),
    rows: partitions.reduce((sum, { rows }) => sum + rows, 0),
  }
}
