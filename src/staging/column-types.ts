/** How the texts of a column become values, and what DuckDB calls their type. */
export type ColumnType =
  | {
      readonly kind: 'text' | 'boolean' | 'integer' | 'double' | 'date' | 'time' | 'timestamp' | 'timestamptz' | 'uuid'
      readonly sql: string
    }
  | { readonly kind: 'decimal'; readonly sql: string; readonly scale: number }

const SUPPORTED: readonly ColumnType[] = [
  { kind: 'boolean', sql: 'BOOLEAN' },
  ...['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT'].map(
    (sql) => ({ kind: 'integer', sql }) as const,
  ),
  { kind: 'double', sql: 'DOUBLE' },
  { kind: 'text', sql: 'VARCHAR' },
  { kind: 'date', sql: 'DATE' },
  { kind: 'time', sql: 'TIME' },
  { kind: 'timestamp', sql: 'TIMESTAMP' },
  { kind: 'timestamptz', sql: 'TIMESTAMPTZ' },
  { kind: 'uuid', sql: 'UUID' },
]
const BY_NAME = new Map(SUPPORTED.map((type) => [type.sql, type]))

const ALIASES: Readonly<Record<string, string>> = {
  BOOL: 'BOOLEAN',
  INT: 'INTEGER',
  TEXT: 'VARCHAR',
  STRING: 'VARCHAR',
  DATETIME: 'TIMESTAMP',
  'TIMESTAMP WITH TIME ZONE': 'TIMESTAMPTZ',
}

/** Types that DuckDB has and a column may not: why, and what to declare. */
const REFUSED: Readonly<Record<string, string>> = {
  FLOAT: 'keeps 7 digits and would spoil 33597290; declare DOUBLE',
  REAL: 'keeps 7 digits and would spoil 33597290; declare DOUBLE',
  HUGEINT: 'is not read exactly; declare DECIMAL(38, 0)',
  UHUGEINT: 'is not read exactly; declare DECIMAL(38, 0)',
  DECIMAL: 'needs its digits; declare DECIMAL(precision, scale), such as DECIMAL(18, 2)',
  NUMERIC: 'needs its digits; declare DECIMAL(precision, scale), such as DECIMAL(18, 2)',
}

const DECIMAL = /^(?:DECIMAL|NUMERIC) ?\( ?(\d{1,2}) ?(?:, ?(\d{1,2}) ?)?\)$/
/** What 128 bits hold. */
const MOST_DIGITS = 38

/** Why a column may not be declared with this type; undefined when it may. */
export function columnTypeFault(type: string): string | undefined {
  const found = lookUp(type)
  return typeof found === 'string' ? found : undefined
}

/** @throws Error for a type that `columnTypeFault` refuses: the config let it through */
export function columnType(type: string): ColumnType {
  const found = lookUp(type)
  if (typeof found === 'string') throw new Error(found)
  return found
}

function lookUp(type: string): ColumnType | string {
  const name = type.trim().replaceAll(/\s+/g, ' ').toUpperCase()
  const digits = DECIMAL.exec(name)
  if (digits !== null) return decimal(type, Number(digits[1]), Number(digits[2] ?? 0))
  const refused = REFUSED[name]
  if (refused !== undefined) return `type ${type} ${refused}`
  const names = [...BY_NAME.keys(), 'DECIMAL(p, s)'].join(', ')
  return BY_NAME.get(ALIASES[name] ?? name) ?? `type ${type} is not supported; one of ${names}`
}

function decimal(type: string, precision: number, scale: number): ColumnType | string {
  if (precision < 1 || precision > MOST_DIGITS)
    return `type ${type}: expected a precision of 1 to ${MOST_DIGITS}, got ${precision}`
  if (scale > precision) return `type ${type}: expected a scale of at most ${precision}, the precision, got ${scale}`
  return { kind: 'decimal', sql: `DECIMAL(${precision}, ${scale})`, scale }
}
