import { dirname } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { FILE_COLUMN, PARTITION_COLUMN, RESCUED_COLUMN } from '../config/own-columns.ts'
import { messageOf, TidemarkError } from '../errors.ts'
import { quotedName, quotedText } from '../sql-text.ts'
import { badCells } from './bad-cells.ts'
import { exactCast } from './exact-cast.ts'
import { duckdbFailed } from './fault-of-file.ts'
import { HeldFile } from './held.ts'
import { outOfMemory } from './out-of-memory.ts'
import type { Records } from './record-file.ts'
import { mayReject } from './reject-limits.ts'
import { type BadRows, badRecords, both, rejectedRows, rejection } from './rejection.ts'
import { rowsFileOptions } from './rows-file.ts'
import { duckdbErrorKind } from './sandbox.ts'
import type { Rejected } from './staged.ts'
import type { TableShape } from './table-shape.ts'
import { textsOf } from './texts.ts'

/** What the file may be blamed for. All else is this machine's or ours. */
const FAULTS_OF_THE_FILE = ['Invalid Input Error', 'Conversion Error']
const FAULTS_OF_THE_DATABASE = ['INTERNAL Error', 'FATAL Error', 'INTERRUPT Error']
const NOT_CSV = 'cannot be read as CSV with the quote, escape and delimiter of the config'

/** Where the rows go, and whose they are. */
export interface RowsFile {
  readonly to: string
  readonly path: string
  /** The partition's. */
  readonly key: string
}

export interface Parsed {
  readonly rows: number
  readonly rejected: readonly Rejected[]
  readonly rejectedCount: number
  /** Columns that the table may not have yet. */
  readonly added: readonly string[]
}

/**
 * Writes the rows as Parquet, columns in declared order. Every cell is read as text and cast exactly. Rows that may be rejected are left out.
 * @throws HeldFile, TidemarkError StagingFailed or FileUnreadable, whatever kills the database
 */
export async function parse(connection: DuckDBConnection, records: Records, shape: TableShape, file: RowsFile): Promise<Parsed> {
  const texts = textsOf(records, shape)
  const known = badRecords(records)
  try {
    return await copy(connection, texts, records, shape, file, known)
  } catch (error) {
    if (error instanceof HeldFile) throw error
    const bad = await badRowsOf(error, connection, texts, records, shape)
    const all = both(known, bad)
    if (!mayReject(shape.onBadRows, all.count, records.count)) throw await rejection(records, all, shape.onBadRows)
    return await copy(connection, texts, records, shape, file, all)
  }
}

/** Fails for a bad cell that is not among `left`, the rows to leave out. */
async function copy(
  connection: DuckDBConnection,
  texts: string,
  records: Records,
  shape: TableShape,
  { to, path, key }: RowsFile,
  left: BadRows,
): Promise<Parsed> {
  const values = shape.types.map((type, place) =>
    records.places.includes(place)
      ? `${exactCast(`t${place}`, type, shape.csv)} AS v${place}`
      : `NULL AS t${place}, NULL::${type.sql} AS v${place}`,
  )
  const good = shape.types.map((_, place) => `(t${place} IS NULL OR v${place} IS NOT NULL)`)
  const withoutBadCells = left.count > records.badCount
  const columns = shape.columns.map((column, place) => {
    const value = withoutBadCells ? `v${place}` : `coalesce(v${place}, CASE WHEN t${place} IS NOT NULL THEN error('bad') END)`
    return `${value} AS ${quotedName(column)}`
  })
  columns.push(...undeclaredColumns(records, shape))
  columns.push(`${quotedText(key)} AS ${PARTITION_COLUMN}`, `${quotedText(path)} AS ${FILE_COLUMN}`)
  const where = withoutBadCells ? ` WHERE ${good.join(' AND ')}` : ''
  const query = `SELECT ${columns.join(', ')} FROM (SELECT *, ${values.join(', ')} FROM (${texts}))${where}`
  const copied = await connection.runAndReadAll(`COPY (${query}) TO ${quotedText(to)} (${rowsFileOptions(records)})`)
  const rows = Number(copied.getRowsJson()[0]?.[0])
  const expected = records.count - left.count
  if (rows !== expected) throw new HeldFile(`${expected} records were counted, but ${rows} read; look at its quotes`)
  const added = shape.onSchemaChange === 'addColumns' ? records.undeclared : []
  return { rows, rejected: await rejectedRows(records, left), rejectedCount: left.count, added }
}

/** Added ones have lower-case names here, so that the files of a load agree on them; a table has them as they came first. */
function undeclaredColumns({ undeclared }: Records, { columns, onSchemaChange }: TableShape): string[] {
  if (onSchemaChange === 'freeze') return []
  const texts = undeclared.map((name, index) => ({ name, text: `t${columns.length + index}` }))
  if (onSchemaChange === 'addColumns') return texts.map(({ name, text }) => `${text} AS ${quotedName(name.toLowerCase())}`)
  const cells = texts.map(({ name, text }) => `${quotedText(name)}, ${text}`)
  // The patch drops cells that are empty.
  const json = `nullif(json_merge_patch('{}', json_object(${cells.join(', ')}))::VARCHAR, '{}')::JSON`
  return [`${texts.length === 0 ? 'NULL::JSON' : json} AS ${RESCUED_COLUMN}`]
}

/**
 * The bad rows that made a read fail.
 * @throws for what else did: HeldFile, TidemarkError, the error itself when it is the database's own
 */
async function badRowsOf(
  error: unknown,
  connection: DuckDBConnection,
  texts: string,
  records: Records,
  shape: TableShape,
): Promise<BadRows> {
  const kind = duckdbErrorKind(error)
  if (kind === 'Out of Memory Error') throw await outOfMemory(messageOf(error), dirname(records.file))
  if (FAULTS_OF_THE_DATABASE.includes(kind)) throw error
  if (!FAULTS_OF_THE_FILE.includes(kind)) {
    if (kind !== 'IO Error') throw duckdbFailed(kind, error)
    // Its text names files and what the system said.
    throw new TidemarkError('StagingFailed', `DuckDB failed while it read a file: ${messageOf(error).split('\n', 1)[0]}`)
  }
  await checkFormats(connection, shape)
  try {
    const bad = await badCells(connection, texts, records, shape)
    if (bad.count > 0) return bad
  } catch (second) {
    if (!FAULTS_OF_THE_FILE.includes(duckdbErrorKind(second))) throw second
  }
  throw new HeldFile(NOT_CSV)
}

/** @throws TidemarkError ConfigInvalid */
async function checkFormats(connection: DuckDBConnection, { csv }: TableShape): Promise<void> {
  for (const name of ['dateFormat', 'timestampFormat'] as const) {
    const format = csv[name]
    if (format === undefined) continue
    try {
      await connection.run(`SELECT try_strptime('1', ${quotedText(format)})`)
    } catch (error) {
      throw new TidemarkError('ConfigInvalid', `csv.${name}: expected a format of strptime, got '${format}': ${messageOf(error)}`)
    }
  }
}
