import type { Check } from './check.ts'

export interface CheckOptions {
  /** False: a failure is recorded and the file is loaded all the same. True by default. */
  readonly blocking?: boolean
}

/** Each value is greater than `limit`, strictly. Empty cells and NaN fail. */
export function above(column: string, limit: number, options?: CheckOptions): Check {
  return { kind: 'above', column, limit, blocking: blocking(options) }
}

/** Each value is at least `min` and at most `max`; dates and times are given as text. Empty cells and NaN fail. */
export function between(column: string, min: number | string, max: number | string, options?: CheckOptions): Check {
  return { kind: 'between', column, min, max, blocking: blocking(options) }
}

/** No cell is empty. NaN fails too. */
export function notNull(column: string, options?: CheckOptions): Check {
  return { kind: 'notNull', column, blocking: blocking(options) }
}

/**
 * No two rows of a file have the same values in these columns. Rows with an empty cell among them are not compared;
 * NaN equals NaN. Every row that shares its values with another counts as failed.
 */
export function unique(columns: string | readonly string[], options?: CheckOptions): Check {
  return { kind: 'unique', columns: typeof columns === 'string' ? [columns] : [...columns], blocking: blocking(options) }
}

/** A file has at least `min` and at most `max` rows; what is left out is not checked. */
export function rowCount(range: { readonly min?: number; readonly max?: number }, options?: CheckOptions): Check {
  return { kind: 'rowCount', ...range, blocking: blocking(options) }
}

/** Each value is one of `values`. Empty cells and NaN fail. */
export function oneOf(column: string, values: readonly (string | number | boolean)[], options?: CheckOptions): Check {
  return { kind: 'oneOf', column, values: [...values], blocking: blocking(options) }
}

/**
 * A query that returns the rows that fail. It reads the file's rows from a table named `rows`, and no file:
 * `sql('sorted', 'SELECT * FROM rows WHERE low > high')`.
 */
export function sql(name: string, query: string, options?: CheckOptions): Check {
  return { kind: 'sql', name, query, blocking: blocking(options) }
}

function blocking(options: CheckOptions | undefined): boolean {
  return options?.blocking ?? true
}
