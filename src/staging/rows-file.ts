import type { Records } from './record-file.ts'

/** Rows of one of DuckDB's row groups, in Parquet by default and in its tables always. */
const ROW_GROUP = 122_880
/** Where rows are wide a group has fewer of them: it is held in memory as a whole, by who writes it and by who reads it. */
const LEAST_ROWS = 2_048
/** What a group of rows may take while it is written: two threads have some of them each. */
const GROUP_BYTES = 64 * 2 ** 20
/** Beside its text. */
const CELL_BYTES = 16

/**
 * How DuckDB is to write rows that it soon reads again, once. From groups as large as its own, or a little larger as they come, the
 * table is written nearly twice: each leaves a small rest, and at the end full groups are taken apart to fill those up. From groups four
 * times as large there is one rest among four. A dictionary is for texts that
 * repeat, as the names of partition and file do: of others it costs more than it saves.
 */
export function rowsFileOptions(records: Sized): string {
  return `FORMAT parquet, COMPRESSION lz4_raw, DICTIONARY_SIZE_LIMIT 10000, ROW_GROUP_SIZE ${rowsInGroup(records)}`
}

type Sized = Pick<Records, 'count' | 'bytes' | 'places'>

export function rowsInGroup({ count, bytes, places }: Sized): number {
  const rows = GROUP_BYTES / (bytes / Math.max(count, 1) + places.length * CELL_BYTES)
  const unit = rows < ROW_GROUP ? LEAST_ROWS : ROW_GROUP
  return Math.min(4 * ROW_GROUP, Math.max(1, Math.floor(rows / unit)) * unit)
}
