import { rm, writeFile } from 'node:fs/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Check, CheckResult } from '../checks/check.ts'
import { failingRows } from '../checks/failing-rows.ts'
import { labelOf } from '../checks/label.ts'
import { FILE_COLUMN, INDEX_COLUMN, PARTITION_COLUMN, RESCUED_COLUMN } from '../config/own-columns.ts'
import type { Pipeline } from '../config/pipeline.ts'
import { quotedName, quotedText } from '../sql-text.ts'
import { exactCast } from './exact-cast.ts'
import { isOfDuckdb } from './fault-of-file.ts'
import { headerLine, LINE_ENDS } from './record-file.ts'
import { type Sandbox, SandboxDied } from './sandbox.ts'
import type { SmallFile } from './small-file.ts'
import type { Staged } from './staged.ts'
import { staging } from './staging-file.ts'
import type { TableShape } from './table-shape.ts'
import { textsOf } from './texts.ts'

export interface Small extends SmallFile {
  readonly path: string
  /** The partition's. */
  readonly key: string
  readonly contentHash: string
}

interface Request {
  readonly sandbox: Sandbox
  readonly pipeline: Pipeline
  readonly shape: TableShape
  readonly files: readonly Small[]
  /** Where to write, without its ending. */
  readonly to: string
}

const NAMES = '{"index":"INTEGER","path":"VARCHAR","key":"VARCHAR"}'

type Good = Extract<Staged, { verdict: 'good' }>

/** Whether the checks of a pipeline can be asked of many files at once: a query of somebody's own knows the rows of one. */
export function canStageTogether({ checks }: Pipeline): boolean {
  return checks.every(({ kind }) => kind !== 'sql')
}

/**
 * Reads and checks many small files in one go, which costs little more than one of them. Only those come back of which there is nothing
 * to say; each of the others needs a look of its own.
 */
export async function stageTogether(request: Request): Promise<Good[]> {
  const goods: Good[] = []
  for (const [number, files] of alike(request.files).entries()) {
    const to = `${request.to}-${number}`
    await staging(() => writeFile(`${to}.csv`, joined(files, request.shape)))
    const read = async (connection: DuckDBConnection) => {
      const found = await readTogether(connection, request, files, to)
      await connection.run('DROP TABLE together') // the database may be kept
      return found
    }
    try {
      goods.push(...(await request.sandbox.run(read)))
    } catch (error) {
      // One of them is to blame, and a look at each by itself tells which.
      if (!(error instanceof SandboxDied) && !isOfDuckdb(error)) throw error
    }
    await staging(() => rm(`${to}.csv`))
  }
  return goods
}

/** Files whose records can follow each other. */
function alike(files: readonly Small[]): Small[][] {
  const groups = new Map<string, Small[]>()
  for (const file of files) {
    const key = `${file.lineEnd ?? 'LF'} ${file.places.join()}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [file])
    else group.push(file)
  }
  return [...groups.values()]
}

/** Before each record the number of its file, so that no record can be taken for one of another file. */
function joined(files: readonly Small[], { csv, columns }: TableShape): Buffer {
  const lineEnd = files[0]?.lineEnd ?? 'LF'
  const end = Buffer.from(LINE_ENDS[lineEnd])
  const header = Buffer.from(headerLine(csv, columns.length + 1, lineEnd))
  const starts = files.map((_, index) => Buffer.from(`${index}${csv.delimiter}`))
  const bytes = files.map(({ records }, index) => records.bytes + records.count * ((starts[index]?.length ?? 0) + end.length))
  const text = Buffer.allocUnsafe(bytes.reduce((sum, each) => sum + each, header.length))
  let at = header.copy(text)
  for (const [index, { records }] of files.entries()) {
    for (let record = 0; record < records.count; record++) {
      at += starts[index]?.copy(text, at) ?? 0
      at += records.copy(record, text, at)
      at += end.copy(text, at)
    }
  }
  return text
}

async function readTogether(
  connection: DuckDBConnection,
  { pipeline, shape }: Request,
  files: readonly Small[],
  to: string,
): Promise<Good[]> {
  const [places = []] = files.map((file) => file.places)
  const texts = textsOf(
    { file: `${to}.csv`, places, quotedLineEnds: files.some(({ quotedLineEnds }) => quotedLineEnds) },
    shape,
    INDEX_COLUMN,
  )
  const values = shape.types.map((type, place) => `${exactCast(`t${place}`, type, shape.csv)} AS v${place}`)
  const columns = shape.columns.map((column, place) => `v${place} AS ${quotedName(column)}`)
  const bad = shape.columns.map((_, place) => `(t${place} IS NOT NULL AND v${place} IS NULL)`).join(' OR ')
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE together AS
     SELECT ${INDEX_COLUMN}::INTEGER AS ${INDEX_COLUMN}, ${columns.join(', ')}, ${bad} AS _tidemark_bad
     FROM (SELECT *, ${values.join(', ')} FROM (${texts}))`,
  )
  const doubtful = await doubtfulOf(connection, files, pipeline.checks)
  const good = files.map((file, index) => ({ ...file, index })).filter(({ index }) => !doubtful.has(index))
  if (good.length === 0) return []
  const rowsFile = `${to}.parquet`
  const rescued = pipeline.onSchemaChange === 'rescue' ? [`NULL::JSON AS ${RESCUED_COLUMN}`] : []
  const names = JSON.stringify(good.map(({ index, path, key }) => ({ index, path, key })))
  await connection.run(
    `COPY (SELECT ${[...shape.columns.map(quotedName), ...rescued].join(', ')}, file.key AS ${PARTITION_COLUMN}, file.path AS ${FILE_COLUMN}
       FROM together JOIN (SELECT unnest(from_json(${quotedText(names)}::JSON, '[${NAMES}]'), recursive := true)) file
         ON ${INDEX_COLUMN} = file.index) TO ${quotedText(rowsFile)} (FORMAT parquet)`,
  )
  const checks = pipeline.checks.map(
    (check): CheckResult => ({
      check: labelOf(check),
      blocking: check.blocking,
      passed: true,
      failed: 0,
      sample: [],
    }),
  )
  const sharedBy = good.filter(({ records }) => records.count > 0).length
  return good.map(({ path, contentHash, records }) => ({
    verdict: 'good',
    path,
    contentHash,
    rowsFile,
    sharedBy,
    rows: records.count,
    checks,
    rejected: [],
    rejectedCount: 0,
    added: [],
  }))
}

/** Those with a cell that has no value of its type, another number of rows than was counted, or a row that fails a check. */
async function doubtfulOf(
  connection: DuckDBConnection,
  files: readonly Small[],
  checks: readonly Check[],
): Promise<ReadonlySet<number>> {
  const counted = await connection.runAndReadAll(
    `SELECT ${INDEX_COLUMN}, count(*)::INTEGER, bool_or(_tidemark_bad) FROM together GROUP BY ${INDEX_COLUMN}`,
  )
  const found = new Map(
    counted.getRowsJson().map(([index, rows, bad]) => [Number(index), { rows: Number(rows), bad: bad === true }]),
  )
  const doubtful = new Set<number>()
  for (const [index, { records }] of files.entries()) {
    const { rows, bad } = found.get(index) ?? { rows: 0, bad: false }
    if (bad || rows !== records.count) doubtful.add(index)
    for (const check of checks)
      if (check.kind === 'rowCount' && (rows < (check.min ?? 0) || rows > (check.max ?? rows))) doubtful.add(index)
  }
  const types = await typesOf(connection)
  for (const check of checks) {
    if (check.kind === 'rowCount' || check.kind === 'sql') continue
    const ofFile = check.kind === 'unique' ? { ...check, columns: [INDEX_COLUMN, ...check.columns] } : check
    const failing = await connection.runAndReadAll(
      `WITH rows AS (FROM together) SELECT DISTINCT ${INDEX_COLUMN} FROM (${failingRows(ofFile, types)})`,
    )
    for (const [index] of failing.getRowsJson()) doubtful.add(Number(index))
  }
  return doubtful
}

async function typesOf(connection: DuckDBConnection): Promise<ReadonlyMap<string, string>> {
  const described = await connection.runAndReadAll('DESCRIBE together')
  return new Map(described.getRowsJson().map(([name, type]) => [String(name).toLowerCase(), String(type)]))
}
