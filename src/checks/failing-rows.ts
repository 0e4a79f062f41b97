import { quotedName, quotedText } from '../sql-text.ts'
import type { Check } from './check.ts'

/** Column types by lower-cased name: DuckDB's names have no case. */
export type ColumnTypes = ReadonlyMap<string, string>

/** A query for the rows that fail, over a table named `rows`. */
export function failingRows(check: Exclude<Check, { kind: 'rowCount' }>, types: ColumnTypes): string {
  switch (check.kind) {
    case 'above':
      return rowsWithout(`${quotedName(check.column)} > ${numberText(check.limit)}`, check.column, types)
    case 'between': {
      const [min, max] = [literalFor(check.column, check.min, types), literalFor(check.column, check.max, types)]
      return rowsWithout(`${quotedName(check.column)} BETWEEN ${min} AND ${max}`, check.column, types)
    }
    case 'notNull':
      return rowsWithout(`${quotedName(check.column)} IS NOT NULL`, check.column, types)
    case 'oneOf': {
      const equal = check.values.map((value) => `${quotedName(check.column)} = ${literalFor(check.column, value, types)}`)
      return rowsWithout(`(${equal.join(' OR ')})`, check.column, types)
    }
    case 'unique': {
      const columns = check.columns.map(quotedName)
      const compared = columns.map((column) => `${column} IS NOT NULL`).join(' AND ')
      const repeated = `SELECT ${columns.join(', ')} FROM rows WHERE ${compared} GROUP BY ALL HAVING count(*) > 1`
      return `SELECT * FROM rows WHERE (${columns.join(', ')}) IN (${repeated})`
    }
    case 'sql':
      // On a line of its own, so that a comment at the query's end does not swallow the bracket.
      return `SELECT * FROM (${check.query.trim().replace(/;$/, '')}\n)`
  }
}

/** NULL and NaN never pass: DuckDB holds NaN to be greater than every number. */
function rowsWithout(condition: string, column: string, types: ColumnTypes): string {
  const number = types.get(column.toLowerCase()) === 'DOUBLE' ? ` AND NOT isnan(${quotedName(column)})` : ''
  return `SELECT * FROM rows WHERE NOT coalesce(${condition}${number}, false)`
}

function literalFor(column: string, value: string | number | boolean, types: ColumnTypes): string {
  if (typeof value === 'string' || types.get(column.toLowerCase()) === 'VARCHAR') return quotedText(String(value))
  return typeof value === 'number' ? numberText(value) : String(value)
}

/** As it is written, so that DuckDB compares decimals and whole numbers exactly. */
function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : `${quotedText(String(value))}::DOUBLE`
}
