import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { CheckResult } from '../checks/check.ts'
import { checkFailures } from '../checks/failures.ts'
import { runChecks } from '../checks/run-checks.ts'
import { FILE_COLUMN, PARTITION_COLUMN } from '../config/own-columns.ts'
import type { Pipeline } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'
import type { Listed, Source } from '../sources/source.ts'
import { literalPath, quotedText } from '../sql-text.ts'
import { faultOfFile } from './fault-of-file.ts'
import { HeldFile } from './held.ts'
import { type Parsed, parse, type RowsFile } from './parse.ts'
import { type Received, receive } from './receive.ts'
import { inGroups, receiveSmall } from './receive-small.ts'
import type { Records } from './record-file.ts'
import { mayReject } from './reject-limits.ts'
import { badRecords, rejection } from './rejection.ts'
import { Sandbox, SandboxDied } from './sandbox.ts'
import { sift } from './sift.ts'
import { canStageTogether, stageTogether } from './stage-together.ts'
import type { Staged } from './staged.ts'
import { staging } from './staging-file.ts'
import { shapeOf, type TableShape } from './table-shape.ts'

export interface StageRequest {
  readonly pipeline: Pipeline
  readonly source: Pick<Source, 'open' | 'readAll'>
  /**
   * `key`: the partition's. `loadedHash`: what this path's loaded version hashed to; the same bytes need no second look. `released`: it is good also when checks
   * fail.
   */
  readonly files: readonly {
    readonly listed: Listed
    readonly key: string
    readonly loadedHash?: string
    readonly released?: boolean
  }[]
  /** Exists, is empty, and is removed by the caller. */
  readonly folder: string
  readonly signal: AbortSignal
  /** Told what is read, and what came of each file. */
  readonly reading?: StageProgress
}

export interface StageProgress {
  read(bytes: number): void
  staged(file: Staged): void
}

/** In the memory of a database that many loads share; what is packed may be of any size, and what a query of somebody's own needs as well. */
const SMALL_BYTES = 1024 * 1024

interface Judged extends Parsed {
  readonly checks: readonly CheckResult[]
}

/**
 * From a source's bytes to rows that may be trusted, for each file by itself: what is wrong with one is its own verdict.
 * @throws TidemarkError StagingFailed, ConfigInvalid; the signal's reason when it aborts
 */
export async function stageFiles({ pipeline, source, files, folder, signal, reading }: StageRequest): Promise<readonly Staged[]> {
  const shape = shapeOf(pipeline)
  const sandbox = new Sandbox({ folder, isSmall: canStageTogether(pipeline) && files.every(isSmall), signal })
  try {
    const done = new Map<string, Staged>()
    const groups = canStageTogether(pipeline) ? inGroups(files) : []
    for (const group of groups) {
      const small = await receiveSmall(source, group, shape, signal)
      const sizes = new Map(group.map(({ listed }) => [listed.path, listed.size]))
      const to = join(folder, `together-${done.size}`)
      for (const file of await stageTogether({ sandbox, pipeline, shape, files: small, to })) {
        done.set(file.path, file)
        reading?.read(sizes.get(file.path) ?? 0)
        reading?.staged(file)
      }
    }
    const staged: Staged[] = []
    for (const [index, { listed, key, loadedHash, released = false }] of files.entries()) {
      const good = done.get(listed.path)
      if (good !== undefined) {
        staged.push(good)
        continue
      }
      const { path, refused } = listed
      if (refused !== undefined) {
        staged.push({ verdict: 'held', path, reason: refused, checks: [], rejected: [] }) // opening a pipe would wait for ever
        continue
      }
      const to = join(folder, String(index))
      const received = await receiveOrFault({ source, version: listed, loadedHash, shape, to, signal, reading })
      const verdict = await settle(received, { path, released }, `${to}.parquet`, (records) =>
        judge(sandbox, records, pipeline, shape, { to, path, key }),
      ).catch((error: unknown) => unreadable(path, error, signal))
      staged.push(verdict)
      reading?.staged(verdict)
      const spent = verdict.verdict === 'good' ? ['csv', 'sifted.csv'] : ['csv', 'sifted.csv', 'parquet']
      for (const ending of spent) await staging(() => rm(`${to}.${ending}`, { force: true }))
    }
    return staged
  } finally {
    sandbox.close()
  }
}

function isSmall({ listed: { path, size } }: StageRequest['files'][number]): boolean {
  return size <= SMALL_BYTES && !path.toLowerCase().endsWith('.gz')
}

function unreadable(path: string, error: unknown, signal: AbortSignal): Staged {
  signal.throwIfAborted()
  const fault = faultOfFile(error)
  if (fault === undefined) throw error
  return { verdict: 'unreadable', path, error: fault }
}

async function receiveOrFault(request: Parameters<typeof receive>[0]): Promise<Received | TidemarkError> {
  try {
    return await receive(request)
  } catch (error) {
    if (error instanceof TidemarkError && ['FileUnreadable', 'SourceUnavailable'].includes(error.code)) return error
    throw error
  }
}

async function settle(
  received: Received | TidemarkError,
  { path, released }: { readonly path: string; readonly released: boolean },
  rowsFile: string,
  judgeRecords: (records: Records) => Promise<Judged | HeldFile>,
): Promise<Staged> {
  if (received instanceof TidemarkError) return { verdict: 'unreadable', path, error: received }
  const { contentHash } = received
  if (received.kind === 'same') return { verdict: 'same', path, contentHash }
  const judged = received.kind === 'held' ? received.held : await judgeRecords(received.records)
  if (judged instanceof HeldFile) {
    return {
      verdict: 'held',
      path,
      contentHash,
      reason: judged.message,
      checks: [],
      rejected: judged.rejected,
      rejectedCount: judged.rejectedCount,
    }
  }
  const { rows, checks, rejected, rejectedCount, added } = judged
  const reason = checkFailures(checks, rows)
  if (reason === undefined || released)
    return { verdict: 'good', path, rowsFile, sharedBy: 1, rows, contentHash, checks, rejected, rejectedCount, added }
  return { verdict: 'held', path, contentHash, reason, checks, rejected, rejectedCount }
}

async function judge(
  sandbox: Sandbox,
  records: Records,
  pipeline: Pipeline,
  shape: TableShape,
  file: RowsFile,
): Promise<Judged | HeldFile> {
  try {
    const readable = await readableOf(records, shape, `${file.to}.sifted.csv`)
    const read = (connection: DuckDBConnection) =>
      readAndCheck(connection, readable, pipeline, shape, { ...file, to: `${file.to}.parquet` })
    try {
      return await sandbox.run(read)
    } catch (error) {
      if (!(error instanceof SandboxDied)) throw error
      return await sandbox.run(read) // in a new one, so that what an earlier file did to the first is not this one's fault
    }
  } catch (error) {
    if (error instanceof HeldFile) return error
    if (error instanceof SandboxDied) return new HeldFile(`DuckDB itself fails on it, twice: ${error.message}`)
    throw error
  }
}

/** @throws HeldFile for more bad records than may be left out */
async function readableOf(records: Records, shape: TableShape, to: string): Promise<Records> {
  const { badCount, count, hiding } = records
  if (badCount === 0) return records
  if (hiding === undefined && mayReject(shape.onBadRows, badCount, count)) return sift(records, shape, to)
  throw await rejection(records, badRecords(records), shape.onBadRows)
}

async function readAndCheck(
  connection: DuckDBConnection,
  records: Records,
  pipeline: Pipeline,
  shape: TableShape,
  file: RowsFile,
): Promise<Judged> {
  const parsed = await parse(connection, records, shape, file)
  if (pipeline.checks.length === 0) return { ...parsed, checks: [] }
  await connection.run(
    `CREATE OR REPLACE TEMP VIEW staged AS SELECT * EXCLUDE (${PARTITION_COLUMN}, ${FILE_COLUMN}) FROM read_parquet(${quotedText(literalPath(file.to))})`,
  )
  return { ...parsed, checks: await runChecks(connection, 'staged', pipeline.checks) }
}
