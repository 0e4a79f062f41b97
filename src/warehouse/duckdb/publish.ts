import type { DuckDBConnection } from '@duckdb/node-api'
import { FILE_COLUMN, PARTITION_COLUMN, RESCUED_COLUMN } from '../../config/own-columns.ts'
import { TidemarkError } from '../../errors.ts'
import { literalPath, quotedName, quotedText } from '../../sql-text.ts'
import type { OpenDecision } from '../decision.ts'
import type { Outcome, Publication, Published } from '../publication.ts'
import { oweAfterLoad } from './after-load.ts'
import { endClaims, ownKeys } from './claims.ts'
import { readOpenDecisions, removeRows } from './decisions.ts'
import { judgeDuplicates, retryOrphans } from './duplicates.ts'
import { markGone } from './gone.ts'
import { anyOf, run, tableName } from './sql.ts'
import { ensureTable } from './target-table.ts'
import { writeLedger } from './write-ledger.ts'

type Good = Extract<Outcome, { verdict: 'good' }>

/** Inside one transaction: rows, ledger, rejected rows, the end of the claim. */
export async function publishAll(connection: DuckDBConnection, publication: Publication): Promise<Published> {
  const { pipeline, claim, postponed = new Map<string, string>(), unfinished = [] } = publication
  const own = new Set(await ownKeys(connection, pipeline.name, claim, publication.keys))
  const open = new Map((await readOpenDecisions(connection, pipeline.name)).map((decision) => [decision.path, decision]))
  const asked = stillAsked(publication.outcomes, open).filter(({ key }) => own.has(key))
  const outcomes = await judgeDuplicates(connection, pipeline, asked)
  await replaceRows(connection, publication, outcomes)
  await removeBeneathHeld(connection, publication, outcomes, open)
  if (outcomes.length > 0) {
    await writeLedger(connection, publication, outcomes, open)
    await oweAfterLoad(
      connection,
      pipeline,
      claim,
      outcomes.map(({ listed }) => listed.path),
    )
  }
  const absent = (publication.gone ?? []).filter(({ key }) => own.has(key))
  const gone = await markGone(connection, pipeline, absent)
  await retryOrphans(connection, pipeline.name)
  await endClaims(connection, pipeline.name, claim, publication.keys, { postponed, unfinished })
  return { keys: [...own], outcomes, gone, refused: new Map() }
}

/** What was staged for a decision that another one or a newer version has voided meanwhile is left out. */
function stillAsked(outcomes: readonly Outcome[], open: ReadonlyMap<string, OpenDecision>): Outcome[] {
  return outcomes.filter(({ listed, decision }) => {
    const asked = open.get(listed.path)
    return decision === undefined || (asked?.decision === decision && asked.fingerprint === listed.fingerprint)
  })
}

/** A version that is held leaves the rows of the one before, which a person may want out since its load began. */
async function removeBeneathHeld(
  connection: DuckDBConnection,
  { pipeline }: Publication,
  outcomes: readonly Outcome[],
  open: ReadonlyMap<string, OpenDecision>,
): Promise<void> {
  const held = outcomes.filter(({ verdict }) => verdict === 'held').flatMap(({ listed }) => open.get(listed.path) ?? [])
  const removals = held.filter(({ decision }) => decision === 'remove')
  if (removals.length > 0) await removeRows(connection, pipeline, removals)
}

async function replaceRows(connection: DuckDBConnection, { pipeline }: Publication, outcomes: readonly Outcome[]): Promise<void> {
  const replacing = outcomes.filter(({ verdict }) => verdict === 'good' || verdict === 'duplicate')
  if (replacing.length === 0) return
  const ownNames = await ensureTable(
    connection,
    pipeline,
    outcomes.flatMap((outcome) => (outcome.verdict === 'good' ? (outcome.added ?? []) : [])),
  )
  const table = tableName(pipeline.table)
  const paths = anyOf(
    replacing.map(({ listed }) => listed.path),
    '$1',
  )
  await run(connection, `DELETE FROM ${table} WHERE ${FILE_COLUMN} ${paths.is}`, paths.value)
  const staged = outcomes.filter((outcome): outcome is Good => outcome.verdict === 'good' && outcome.rows > 0)
  if (staged.length === 0) return
  const columns = [...Object.keys(pipeline.columns), ...(pipeline.onSchemaChange === 'rescue' ? [RESCUED_COLUMN] : [])].map(
    (name) => ({ ours: quotedName(name), theirs: quotedName(name) }),
  )
  for (const name of new Set(staged.flatMap(({ added = [] }) => added).map((name) => name.toLowerCase())))
    columns.push({ ours: quotedName(ownNames.get(name) ?? name), theirs: quotedName(name) })
  const names = [PARTITION_COLUMN, FILE_COLUMN]
  const shared = new Map(staged.map(({ rowsFile, sharedBy = 1 }) => [rowsFile, sharedBy]))
  const isAllOfThem = staged.length === [...shared.values()].reduce((sum, count) => sum + count, 0)
  const loaded = anyOf(
    staged.map(({ listed }) => listed.path),
    '$1',
  )
  const { rowsChanged } = await connection.run(
    `INSERT INTO ${table} (${[...columns.map(({ ours }) => ours), ...names].join(', ')})
     SELECT ${[...columns.map(({ theirs }) => theirs), ...names].join(', ')}
     FROM read_parquet([${[...shared.keys()].map((file) => quotedText(literalPath(file))).join(', ')}], union_by_name = true)
     ${isAllOfThem ? '' : `WHERE ${FILE_COLUMN} ${loaded.is}`}`,
    isAllOfThem ? [] : [loaded.value],
  )
  const counted = staged.reduce((sum, { rows }) => sum + rows, 0)
  if (rowsChanged !== counted) {
    throw new TidemarkError(
      'WarehouseFailed',
      `${counted} rows were staged for ${pipeline.name}, but ${rowsChanged} came; nothing is loaded`,
    )
  }
}
