import { stat } from 'node:fs/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import { messageOf, TidemarkError } from '../../errors.ts'
import type { FilesQuery, Warehouse } from '../warehouse.ts'
import { payDebts, readDebts } from './after-load.ts'
import { begin, hasBegun } from './begin.ts'
import { dropClaim, readBackoffs, standingClaims, writeClaims } from './claims.ts'
import { openDecision, openRetries, readOpenDecisions } from './decisions.ts'
import { readFilesPage } from './files-page.ts'
import { Gate, type GateOptions } from './gate.ts'
import { readInventory } from './inventory.ts'
import { readCounts, readFiles, readKnown, readRejected } from './ledger-queries.ts'
import { readLineage } from './lineage-queries.ts'
import { appliedMigrations, migrate } from './migrate.ts'
import { MIGRATIONS } from './migrations.ts'
import { endTelling, readUntold, takeNews } from './news-queries.ts'
import { readToldOverdue } from './overdue-news.ts'
import { readLoadedKeys, readWorkOf } from './partition-queries.ts'
import { readPartitionRecords } from './partition-records.ts'
import { publish } from './publish-each.ts'
import { rowsOf, transaction } from './sql.ts'
import { visitVersions } from './versions.ts'

/** The warehouse in a DuckDB file. One that is opened for reading must have been made by a worker. */
export function duckdbWarehouse(options: Omit<GateOptions, 'prepare'>): Warehouse {
  const gate = new Gate({ ...options, prepare: options.readOnly ? expectSchema : migrate })
  const run = <T>(work: (connection: DuckDBConnection) => Promise<T>, signal?: AbortSignal) => gate.run(work, signal)
  const change = <T>(work: (connection: DuckDBConnection) => Promise<T>, signal?: AbortSignal) =>
    run((connection) => transaction(connection, () => work(connection)), signal)

  return {
    identity: () => run(readIdentity),
    generation: () => fileIdentity(options.file),
    known: (pipeline, paths, signal) => run((connection) => readKnown(connection, pipeline, paths), signal),
    visitVersions: (pipeline, visit, signal) => run((connection) => visitVersions(connection, pipeline, visit), signal),
    claim: (request, signal) => change((connection) => writeClaims(connection, request), signal),
    publish: (publication, signal) => publish((work) => change(work, signal), publication),
    hasBegun: (pipeline) => run((connection) => hasBegun(connection, pipeline)),
    begin: (beginning, signal) => change((connection) => begin(connection, beginning), signal),
    debts: (pipeline, signal) => run((connection) => readDebts(connection, pipeline), signal),
    payDebts: (pipeline, paid) => change((connection) => payDebts(connection, pipeline, paid)),
    decide: (pipeline, path, request, signal) =>
      change((connection) => openDecision(connection, pipeline, path, request), signal),
    retryAll: (pipeline, paths, request, signal) =>
      change((connection) => openRetries(connection, pipeline, paths, request), signal),
    openDecisions: (pipeline) => run((connection) => readOpenDecisions(connection, pipeline)),
    release: (pipeline, claim, signal) => change((connection) => dropClaim(connection, pipeline, claim), signal),
    claims: () => run(standingClaims),
    backoffs: (pipeline) => run((connection) => readBackoffs(connection, pipeline)),
    files: (pipeline, query: FilesQuery = {}) => run((connection) => readFiles(connection, pipeline, query)),
    filesPage: (pipeline, query) => run((connection) => readFilesPage(connection, pipeline, query)),
    counts: (pipeline) => run((connection) => readCounts(connection, pipeline)),
    loadedKeys: (pipeline, keys, signal) => run((connection) => readLoadedKeys(connection, pipeline, keys), signal),
    partitionRecords: (pipeline, signal) => run((connection) => readPartitionRecords(connection, pipeline), signal),
    workOf: (pipeline, of, signal) => run((connection) => readWorkOf(connection, pipeline, of), signal),
    inventory: (pipeline) => run((connection) => readInventory(connection, pipeline)),
    lineage: (pipeline, key) => run((connection) => readLineage(connection, pipeline, key)),
    rejected: (pipeline, path, sequence) => run((connection) => readRejected(connection, pipeline, path, sequence)),
    untold: (scope) => run((connection) => readUntold(connection, scope)),
    toldOverdue: (pipeline, signal) => run((connection) => readToldOverdue(connection, pipeline), signal),
    takeNews: (request, signal) => change((connection) => takeNews(connection, request), signal),
    endTelling: (pipeline, token, signal) => change((connection) => endTelling(connection, pipeline, token), signal),
    query: (sql) => run((connection) => runQuery(connection, sql)),
    [Symbol.asyncDispose]: () => gate[Symbol.asyncDispose](),
  }
}

async function expectSchema(connection: DuckDBConnection): Promise<void> {
  const applied = await appliedMigrations(connection)
  if (applied === 0)
    throw new TidemarkError('WarehouseFailed', 'the warehouse is empty; `tidemark up` or `tidemark worker` fills it')
  if (applied < MIGRATIONS.length) {
    throw new TidemarkError(
      'WarehouseFailed',
      'the warehouse was made by an older Tidemark; `tidemark up` or `tidemark worker` of this one brings it up to date',
    )
  }
}

async function readIdentity(connection: DuckDBConnection): Promise<string> {
  const [row] = await rowsOf(connection, 'SELECT id FROM tidemark.identity')
  return String(row?.id)
}

async function runQuery(connection: DuckDBConnection, sql: string) {
  try {
    const reader = await connection.runAndReadAll(sql)
    return { columns: reader.deduplicatedColumnNames(), rows: reader.getRowObjectsJson() }
  } catch (error) {
    // Who asked may see all of it, cells as well: this answer goes to nobody else.
    throw new TidemarkError('WarehouseFailed', messageOf(error), { cause: error })
  }
}

/** A new file may get the inode of the one that was deleted just before. */
async function fileIdentity(file: string): Promise<string | undefined> {
  const found = await stat(file, { bigint: true }).catch(() => undefined)
  return found && `${found.dev}-${found.ino}-${found.birthtimeNs}`
}
